// A frame stream as a problem: frames of 25 patches, one token each, and questions in words at any moment, several about one stream.
// It stands beside the text families and is not one of them: its prompt is frames, and it has many answers. What each choice of
// the generator favours: docs/stream.md.

import { assert, errorMessage, InputError } from "../../lib/errors";
import { hashWords, randomStream } from "../../lib/random";
import type { Dial } from "../dial";
import { drawHappenings, type Happenings } from "./happenings";
import { cellInView, cellOfRoom, drawCamera, drawRoom, frameCells, maxTelevisions, type Room } from "./room";
import { activeNames, carryingName, countedPieces, FRAME_WORD, PICTURE_COUNT } from "./streamWords";

export interface StreamKnobs {
  /** 4 … 1000 */
  readonly frames: number;
  /** Cells that change in every frame and are never asked for, 0 … 8. */
  readonly televisions: number;
  /** "some": half of the streams pan. */
  readonly camera: "still" | "some" | "pans";
}

export interface FrameStream {
  /** Names knobs and seed; `streamById` draws the stream again. */
  readonly id: string;
  readonly knobs: StreamKnobs;
  readonly seed: number;
  /** What each patch shows, without brackets. [frame][cell of 5 × 5, row by row] */
  readonly frames: readonly (readonly string[])[];
  /** What the generator knows; whoever checks an answer reads the frames alone. */
  readonly truth: StreamTruth;
}

export interface StreamTruth {
  readonly room: Room;
  readonly offsets: readonly number[]; // [frame]
  readonly happenings: Happenings;
}

export const defaultKnobs: StreamKnobs = { frames: 32, televisions: 3, camera: "some" };
const maxFrames = 1000;

/** Marker and patches. */
export const frameTokens = 1 + frameCells;

/** By frames, for training; `npm run problems` draws from it too. */
export const streamDial: Dial<"frames"> = [
  { frames: [4, 4] },
  { frames: [5, 5] },
  { frames: [6, 7] },
  { frames: [8, 9] },
  { frames: [10, 11] },
  { frames: [12, 14] },
  { frames: [15, 17] },
  { frames: [18, 21] },
  { frames: [22, 25] },
  { frames: [26, 31] },
  { frames: [32, 32] },
];

/** Same knobs and seed, same stream. */
export function drawStream(knobs: StreamKnobs, seed: number): FrameStream {
  const { frames, televisions } = knobs;
  assert(Number.isInteger(frames) && frames >= 4 && frames <= maxFrames, `a stream has 4 to ${maxFrames} frames`);
  assert(televisions >= 0 && televisions <= maxTelevisions, `a stream has 0 to ${maxTelevisions} televisions`);
  const stream = randomStream(seed);
  const room = drawRoom(televisions, stream);
  const offsets = drawCamera(knobs, stream);
  const truth = { room, offsets, happenings: drawHappenings(room, offsets, stream) };
  return {
    id: streamId(knobs, seed),
    knobs,
    seed,
    frames: drawFrames(truth, seed),
    truth,
  };
}

/** "stream-32x3-1", "stream-128x3-pans-7" */
export function streamId({ frames, televisions, camera }: StreamKnobs, seed: number): string {
  return `stream-${frames}x${televisions}${camera === "some" ? "" : `-${camera}`}-${seed}`;
}

/** Knobs and seed that an id names, within their limits or not; null for another text. */
export function parseStreamId(id: string): Pick<FrameStream, "knobs" | "seed"> | null {
  const match = /^stream-(\d+)x(\d+)(?:-(still|pans))?-(\d+)$/.exec(id);
  if (match === null) return null;
  const [, frames, televisions, camera, seed] = match;
  const knobs = {
    frames: Number(frames),
    televisions: Number(televisions),
    camera: (camera ?? "some") as StreamKnobs["camera"],
  };
  return { knobs, seed: Number(seed) };
}

/** Null if the text is no id of a stream; InputError if it cannot be drawn. */
export function streamById(id: string): FrameStream | null {
  const parts = parseStreamId(id);
  if (parts === null) return null;
  try {
    return drawStream(parts.knobs, parts.seed);
  } catch (error) {
    throw new InputError(`the stream ${id} cannot be drawn: ${errorMessage(error)}`);
  }
}

/** The words of the frames, begin token included, `count` of them; a question follows directly. */
export function streamWords(frames: FrameStream["frames"], count = frames.length): string[] {
  return [...systemWords, ...frameWords(frames.slice(0, count)).flat()];
}

/** What stands before the first frame. */
export const systemWords: readonly string[] = ["<bos>"];

/** Words of every frame with marker and brackets. [frame][token of the frame] */
export function frameWords(frames: FrameStream["frames"]): string[][] {
  return frames.map((patches) => [FRAME_WORD, ...patches.map((patch) => `[${patch}]`)]);
}

/** What the patches of a frame show, from its words. [cell] */
export function patchesOf(words: readonly string[]): string[] {
  return words.slice(1).map((word) => word.slice(1, -1));
}

/** Place of a patch among the words of the stream. */
export function patchPosition(frame: number, cell: number): number {
  return 1 + frame * frameTokens + 1 + cell;
}

function drawFrames({ room, offsets, happenings }: StreamTruth, seed: number): string[][] {
  const { things, lasting, people, parcel, walks, flashes } = happenings;
  return offsets.map((offset, frame) => {
    const shown = new Map(room.ground.entries());
    for (const [at, cell] of room.televisions.entries()) shown.set(cell, pictureOf(seed, at, frame));
    for (const { person, hasParcel, steps } of walks) {
      const step = steps.find((one) => one.frame === frame);
      if (step !== undefined) shown.set(step.cell, hasParcel ? carryingName(person) : person);
    }
    for (const { who, place, start, end } of [...things, ...lasting, ...people, ...parcel]) {
      if (frame >= start && frame < end) shown.set(spotOf(room, place), who);
    }
    for (const piece of countedPieces) {
      if (flashes[piece].includes(frame)) shown.set(spotOf(room, piece) - 1, activeNames[piece]);
    }
    return Array.from({ length: frameCells }, (_, cell) => shown.get(cellOfRoom(cell, offset)) ?? "");
  });
}

/** The cell of the room right of a piece. */
function spotOf(room: Room, place: string): number {
  const cell = room.pieces.get(place);
  assert(cell !== undefined, `the room has a ${place}`);
  return cell + 1;
}

const PICTURE_STREAM = 0x74767476;

/** Never that of the frame before: the picture moves on by 1 to 39 of 40. */
function pictureOf(seed: number, television: number, frame: number): string {
  let picture = 0;
  for (let step = 0; step <= frame; step++) {
    picture += 1 + (hashWords(seed, PICTURE_STREAM, television, step) % (PICTURE_COUNT - 1));
  }
  return `tv${(picture % PICTURE_COUNT) + 1}`;
}

/** Where the spot of a place is in a frame, if piece and spot are in view. */
export function spotInView(room: Room, place: string, offset: number): number | null {
  const spot = spotOf(room, place);
  return cellInView(spot - 1, offset) === null ? null : cellInView(spot, offset);
}
