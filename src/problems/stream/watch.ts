// Answers from the frames alone: what an attentive viewer would say. It knows nothing of how a stream was drawn, so it checks the
// generator, and it answers questions that a visitor types. `judgeAnswer` marks what a model wrote.

import { tokensOf } from "../problem";
import { rowCount, viewColumns } from "./room";
import type { FrameStream } from "./streamProblem";
import {
  activeNames,
  countWords,
  PARCEL,
  personNames,
  pieceShown,
  spoken,
  thingNames,
  type CountedPiece,
} from "./streamWords";

/** A patch that shows what an answer says. */
export interface PatchSeen {
  readonly frame: number;
  readonly cell: number;
  /** What it shows, without brackets. */
  readonly name: string;
  /** The piece whose spot it is at; null for what counts wherever it is. */
  readonly place: string | null;
}

export interface SeenAnswer {
  /** Words, end token excluded. */
  readonly answer: string;
  /** Every patch that shows it, in order of time; none where the answer is that nothing happened. */
  readonly seen: readonly PatchSeen[];
}

/** The answer's words, or null where the question cannot be read, or the frames do not say or allow several answers. */
export function answerFromFrames(frames: FrameStream["frames"], question: string): string | null {
  return seenAnswer(frames, question)?.answer ?? null;
}

/** The answer with the patches that show it; null as above. */
export function seenAnswer(frames: FrameStream["frames"], question: string): SeenAnswer | null {
  const words = tokensOf(question).filter((word) => word !== "?" && word !== ":");
  const text = words.join(" ");
  const sightings = sightingsIn(frames);
  const things = sightings.filter(({ name }) => thingNames.includes(name));
  const people = sightings.filter(({ name }) => personNames.includes(name));
  const parcel = sightings.filter(({ name }) => name === PARCEL);
  const match = (pattern: RegExp): string | null => pattern.exec(text)?.[1].replace(" ", "-") ?? null;

  const count = match(/^how many times (was the lamp lit|did the door open)$/);
  if (count !== null) {
    const flashes = flashesIn(frames, count.startsWith("was") ? "lamp" : "door");
    const answer = countWords.at(flashes.length);
    return answer === undefined ? null : { answer, seen: flashes };
  }
  if (text === "who carried the parcel") return onlyName(carriers(frames), (name) => name.replace(`-${PARCEL}`, ""));
  const turn = match(/^where lay the parcel (first|last)$/);
  if (turn !== null) return placeAt(turn === "first" ? parcel[0] : parcel.at(-1), parcel);

  const laidAt = match(/^what lay by the (\S+)$/);
  if (laidAt !== null) return onlyName(at(things, laidAt), spoken);
  const stoodAt = match(/^who stood by the (\S+)$/);
  if (stoodAt !== null) return onlyName(at(people, stoodAt), spoken);
  const thing = match(/^where lay the (\S+ \S+)$/);
  if (thing !== null) return onlyPlace(things, thing);
  const person = match(/^where stood (\S+)$/);
  if (person !== null) return onlyPlace(people, person);

  const thingHop = match(/^who stood where the (\S+ \S+) lay$/);
  if (thingHop !== null) return hop(onlyPlace(things, thingHop), people);
  const personHop = match(/^what lay where (\S+) stood$/);
  if (personHop !== null) return hop(onlyPlace(people, personHop), things);

  const order = /^who stood (first|last) by the (\S+)$/.exec(text);
  if (order === null) return null;
  const there = at(people, order[2]);
  const who = (order[1] === "first" ? there[0] : there.at(-1))?.name;
  return who === undefined ? null : { answer: who, seen: there.filter(({ name }) => name === who) };
}

function at(sightings: readonly PatchSeen[], place: string): PatchSeen[] {
  return sightings.filter((one) => one.place === place);
}

/** Where the sightings name one alone. */
function onlyName(sightings: readonly PatchSeen[], say: (name: string) => string): SeenAnswer | null {
  const name = only(sightings.map((one) => one.name));
  return name === null ? null : { answer: say(name), seen: sightings };
}

function onlyPlace(sightings: readonly PatchSeen[], name: string): SeenAnswer | null {
  const seen = sightings.filter((one) => one.name === name);
  const place = only(seen.flatMap((one) => one.place ?? []));
  return place === null ? null : { answer: place, seen };
}

/** The stay that a sighting belongs to: all at its place. */
function placeAt(sighting: PatchSeen | undefined, sightings: readonly PatchSeen[]): SeenAnswer | null {
  if (sighting === undefined || sighting.place === null) return null;
  return { answer: sighting.place, seen: at(sightings, sighting.place) };
}

function hop(place: SeenAnswer | null, next: readonly PatchSeen[]): SeenAnswer | null {
  const there = place === null ? null : onlyName(at(next, place.answer), spoken);
  if (place === null || there === null) return null;
  const seen = [...place.seen, ...there.seen].sort((left, right) => left.frame - right.frame);
  return { answer: `${place.answer} ${there.answer}`, seen };
}

/** The one name that occurs; null for none or several. */
function only(names: readonly string[]): string | null {
  const different = new Set(names);
  return different.size === 1 ? names[0] : null;
}

/** Whatever is at a spot whose piece is in the frame too, in order of time. */
function sightingsIn(frames: FrameStream["frames"]): PatchSeen[] {
  return frames.flatMap((patches, frame) => {
    const found: PatchSeen[] = [];
    for (let cell = 0; cell < rowCount * viewColumns; cell++) {
      const place = cell % viewColumns === 0 ? null : pieceShown(patches[cell - 1]);
      if (place !== null) found.push({ frame, cell, name: patches[cell], place });
    }
    return found;
  });
}

/** Where it is lit or open and was not in the frame before. */
function flashesIn(frames: FrameStream["frames"], piece: CountedPiece): PatchSeen[] {
  const name = activeNames[piece];
  return frames.flatMap((patches, frame) => {
    const cell = patches.indexOf(name);
    const isNew = cell >= 0 && (frame === 0 || !frames[frame - 1].includes(name));
    return isNew ? [{ frame, cell, name, place: null }] : [];
  });
}

function carriers(frames: FrameStream["frames"]): PatchSeen[] {
  return frames.flatMap((patches, frame) =>
    patches.flatMap((name, cell) => (name.endsWith(`-${PARCEL}`) ? [{ frame, cell, name, place: null }] : [])),
  );
}

export interface AnswerVerdict {
  readonly isRight: boolean;
  /** Index of the first word that differs from the answer, its end included; null where none does. */
  readonly firstWrongWord: number | null;
}

/** `written` is what the model wrote after the question, up to its end token or cut off. Every word must be right, and the end. */
export function judgeAnswer(answer: string, written: readonly string[]): AnswerVerdict {
  const expected = [...tokensOf(answer), "<eos>"];
  const wrong = expected.findIndex((word, at) => written[at] !== word);
  return { isRight: wrong < 0, firstWrongWord: wrong < 0 ? null : wrong };
}
