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

/** Something at a spot whose piece is in the frame too. */
interface Sighting {
  readonly who: string;
  readonly place: string;
  readonly frame: number;
}

/** The answer's words, or null where the question cannot be read, or the frames do not say or allow several answers. */
export function answerFromFrames(frames: FrameStream["frames"], question: string): string | null {
  const words = tokensOf(question).filter((word) => word !== "?" && word !== ":");
  const text = words.join(" ");
  const sightings = sightingsIn(frames);
  const things = sightings.filter(({ who }) => thingNames.includes(who));
  const people = sightings.filter(({ who }) => personNames.includes(who));
  const parcel = sightings.filter(({ who }) => who === PARCEL);
  const placeOf = (from: readonly Sighting[], who: string): string | null =>
    only(from.filter((one) => one.who === who).map(({ place }) => place));
  const whoAt = (from: readonly Sighting[], place: string): string | null =>
    only(from.filter((one) => one.place === place).map(({ who }) => who));
  const match = (pattern: RegExp): string | null => pattern.exec(text)?.[1].replace(" ", "-") ?? null;

  const count = match(/^how many times (was the lamp lit|did the door open)$/);
  if (count !== null) return countWords.at(countFlashes(frames, count.startsWith("was") ? "lamp" : "door")) ?? null;
  if (text === "who carried the parcel") return only(carriers(frames));
  const turn = match(/^where lay the parcel (first|last)$/);
  if (turn !== null) return (turn === "first" ? parcel[0] : parcel.at(-1))?.place ?? null;

  const laidAt = match(/^what lay by the (\S+)$/);
  if (laidAt !== null) return sayOrNull(whoAt(things, laidAt));
  const stoodAt = match(/^who stood by the (\S+)$/);
  if (stoodAt !== null) return whoAt(people, stoodAt);
  const thing = match(/^where lay the (\S+ \S+)$/);
  if (thing !== null) return placeOf(things, thing);
  const person = match(/^where stood (\S+)$/);
  if (person !== null) return placeOf(people, person);

  const thingHop = match(/^who stood where the (\S+ \S+) lay$/);
  if (thingHop !== null) return hop(placeOf(things, thingHop), (place) => whoAt(people, place));
  const personHop = match(/^what lay where (\S+) stood$/);
  if (personHop !== null) return hop(placeOf(people, personHop), (place) => sayOrNull(whoAt(things, place)));

  const order = /^who stood (first|last) by the (\S+)$/.exec(text);
  if (order === null) return null;
  const there = people.filter(({ place }) => place === order[2]);
  return (order[1] === "first" ? there[0] : there.at(-1))?.who ?? null;
}

function sayOrNull(name: string | null): string | null {
  return name === null ? null : spoken(name);
}

function hop(place: string | null, next: (place: string) => string | null): string | null {
  const answer = place === null ? null : next(place);
  return answer === null ? null : `${place} ${answer}`;
}

/** The one name that occurs; null for none or several. */
function only(names: readonly string[]): string | null {
  const different = new Set(names);
  return different.size === 1 ? names[0] : null;
}

/** In order of time. */
function sightingsIn(frames: FrameStream["frames"]): Sighting[] {
  return frames.flatMap((patches, frame) => {
    const found: Sighting[] = [];
    for (let cell = 0; cell < rowCount * viewColumns; cell++) {
      const place = cell % viewColumns === 0 ? null : pieceShown(patches[cell - 1]);
      if (place !== null) found.push({ who: patches[cell], place, frame });
    }
    return found;
  });
}

/** Frames that show it lit or open where the frame before does not. */
function countFlashes(frames: FrameStream["frames"], piece: CountedPiece): number {
  const isActive = frames.map((patches) => patches.includes(activeNames[piece]));
  return isActive.filter((active, frame) => active && !isActive[frame - 1]).length;
}

function carriers(frames: FrameStream["frames"]): string[] {
  const ending = `-${PARCEL}`;
  return frames.flatMap((patches) =>
    patches.filter((patch) => patch.endsWith(ending)).map((patch) => patch.slice(0, -ending.length)),
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
