// The questions about a stream that a moment allows, from what the generator knows of it: words, answer, and the patches that an
// answer is read from. Questions are drawn by type in turn, so that common types do not crowd out rare ones.

import { assert } from "../../lib/errors";
import { hashWords, randomStream } from "../../lib/random";
import type { Stay } from "./happenings";
import { cellInView } from "./room";
import { patchPosition, spotInView, type FrameStream } from "./streamProblem";
import { countedPieces, countWords, spoken, type CountedPiece } from "./streamWords";

/**
 * A what and who at a place, B where, C a carried parcel, D two hops, N how many times, O who was first or last, S as A1 and B1 about
 * a thing that never moves.
 */
export const questionTypes = "A1 A2 B1 B2 C1 C2 C3 D1 D2 N1 N2 O1 O2 S1 S2".split(" ") as readonly QuestionType[];
export type QuestionType = `${"A" | "B" | "D" | "N" | "O" | "S"}${1 | 2}` | `C${1 | 2 | 3}`;

export interface StreamQuestion {
  readonly type: QuestionType;
  /** Asked once so many frames have been seen. */
  readonly moment: number;
  readonly question: string; // ? what lay by the desk :
  /** Words, end token excluded. */
  readonly answer: string;
  /** For each thing to be read: the positions of the patches that show it, any of which will do; a count needs them all. */
  readonly reads: readonly (readonly number[])[];
  /** The last frame that shows what is needed, −1 where nothing is: the latest frame of the read that is oldest. */
  readonly lastShown: number;
}

/** Every question that has one answer after `moment` frames. */
export function questionsAt(stream: FrameStream, moment: number): StreamQuestion[] {
  const { things, lasting, people, parcel, carrier, walks, flashes } = stream.truth.happenings;
  const seen = (stays: readonly Stay[]): Stay[] => stays.filter((stay) => shownFrames(stream, stay, moment).length > 0);
  const [lay, stood, lie] = [seen(things), seen(people), seen(parcel)];
  const at = (stays: readonly Stay[], place: string): Stay[] => stays.filter((stay) => stay.place === place);
  const read = (stay: Stay): Read => ({
    positions: shownFrames(stream, stay, moment).map(({ frame, cell }) => patchPosition(frame, cell)),
    lastFrame: shownFrames(stream, stay, moment).at(-1)?.frame ?? -1,
  });
  const found: StreamQuestion[] = [];
  const add = (type: QuestionType, question: string, answer: string, reads: readonly Read[]): void => {
    const lastShown = reads.length === 0 ? -1 : Math.min(...reads.map(({ lastFrame }) => lastFrame));
    found.push({
      type,
      moment,
      question: `? ${question} :`,
      answer,
      reads: reads.map(({ positions }) => positions),
      lastShown,
    });
  };

  for (const thing of lay) {
    add("A1", `what lay by the ${thing.place}`, spoken(thing.who), [read(thing)]);
    add("B1", `where lay the ${spoken(thing.who)}`, thing.place, [read(thing)]);
    const [person, ...others] = at(stood, thing.place);
    if (person === undefined || others.length > 0) continue;
    add("D1", `who stood where the ${spoken(thing.who)} lay`, `${thing.place} ${person.who}`, [
      read(thing),
      read(person),
    ]);
    add("D2", `what lay where ${person.who} stood`, `${thing.place} ${spoken(thing.who)}`, [read(person), read(thing)]);
  }
  for (const thing of seen(lasting)) {
    add("S1", `what lay by the ${thing.place}`, spoken(thing.who), [read(thing)]);
    add("S2", `where lay the ${spoken(thing.who)}`, thing.place, [read(thing)]);
  }
  for (const person of stood) {
    add("B2", `where stood ${person.who}`, person.place, [read(person)]);
    const here = at(stood, person.place).sort((left, right) => left.start - right.start);
    if (here.length === 1) add("A2", `who stood by the ${person.place}`, person.who, [read(person)]);
    else if (here[0] === person) {
      add("O1", `who stood first by the ${person.place}`, person.who, [read(person)]);
      add("O2", `who stood last by the ${person.place}`, here[1].who, [read(here[1])]);
    }
  }
  if (lie.length > 1 && carrier !== null) {
    add("C1", "where lay the parcel first", lie[0].place, [read(lie[0])]);
    add("C2", "where lay the parcel last", lie[1].place, [read(lie[1])]);
    const steps = walks.filter(({ hasParcel }) => hasParcel).flatMap((walk) => walk.steps);
    add("C3", "who carried the parcel", carrier, [shownSteps(stream, steps, moment)]);
  }
  for (const piece of countedPieces) {
    const seenFlashes = flashes[piece].filter((frame) => frame < moment);
    const reads = seenFlashes.length === 0 ? [] : [flashRead(stream, piece, seenFlashes)];
    const words = piece === "lamp" ? "how many times was the lamp lit" : "how many times did the door open";
    add(piece === "lamp" ? "N1" : "N2", words, countWords[seenFlashes.length], reads);
  }
  return found;
}

interface Read {
  readonly positions: readonly number[];
  readonly lastFrame: number;
}

interface Sight {
  readonly frame: number;
  readonly cell: number; // of the frame
}

/** Where a stay is seen with its piece. */
function shownFrames({ truth: { room, offsets } }: FrameStream, { place, start, end }: Stay, moment: number): Sight[] {
  const sights: Sight[] = [];
  for (let frame = start; frame < Math.min(end, moment); frame++) {
    const cell = spotInView(room, place, offsets[frame]);
    if (cell !== null) sights.push({ frame, cell });
  }
  return sights;
}

function shownSteps(
  { truth: { offsets } }: FrameStream,
  steps: readonly { readonly frame: number; readonly cell: number }[],
  moment: number,
): Read {
  const sights = steps
    .filter(({ frame }) => frame < moment)
    .map(({ frame, cell }) => ({ frame, cell: cellInView(cell, offsets[frame]) }));
  const positions = sights.map(({ frame, cell }) => {
    assert(cell !== null, "whoever carries walks in view");
    return patchPosition(frame, cell);
  });
  return { positions, lastFrame: sights.at(-1)?.frame ?? -1 };
}

/** A count can be right only if the oldest flash is remembered. */
function flashRead({ truth: { room, offsets } }: FrameStream, piece: CountedPiece, frames: readonly number[]): Read {
  const positions = frames.map((frame) => {
    const cell = cellInView(room.pieces.get(piece) ?? -1, offsets[frame]);
    assert(cell !== null, `the ${piece} is always in view`);
    return patchPosition(frame, cell);
  });
  return { positions, lastFrame: frames[0] };
}

export interface QuestionWish {
  readonly count: number;
  /** "end": after the last frame. "any": each at a moment of its own, the last for half of them; in order of time. */
  readonly moments: "end" | "any";
}

const QUESTION_STREAM = 0x71756573;

/** Different questions, by type in turn; fewer than `count` if the stream has no more. Its seed decides. */
export function drawQuestions(stream: FrameStream, { count, moments }: QuestionWish): StreamQuestion[] {
  const draws = randomStream(hashWords(stream.seed, QUESTION_STREAM));
  const frameCount = stream.frames.length;
  const atEnd = questionsAt(stream, frameCount);
  const chosen: StreamQuestion[] = [];
  // Only streams that pan have something still: there it comes early.
  const place = questionTypes.map((type) => ({ type, at: draws.uniform() * (type.startsWith("S") ? 0.4 : 1) }));
  const order = place.sort((left, right) => left.at - right.at).map(({ type }) => type);
  for (let turn = 0, idle = 0; chosen.length < count && idle < order.length; turn++) {
    const type = order[turn % order.length];
    const isEarly = moments === "any" && draws.uniform() < 0.5;
    const moment = isEarly ? draws.integer(Math.min(4, frameCount), frameCount) : frameCount;
    const options = (moment === frameCount ? atEnd : questionsAt(stream, moment)).filter(
      (option) => option.type === type && !chosen.some(({ question }) => question === option.question),
    );
    idle = options.length === 0 ? idle + 1 : 0;
    if (options.length > 0) chosen.push(draws.pick(options));
  }
  return chosen.sort((left, right) => left.moment - right.moment);
}
