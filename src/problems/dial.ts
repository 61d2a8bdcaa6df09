// Difficulty as a dial with eleven stops. A family's table gives each stop the ranges of its knobs; the seed draws within them.

import { assert } from "../lib/errors";
import { hashWords, randomStream } from "../lib/random";

export const maxDifficulty = 10;

/** Lowest and highest value of a knob, both included. */
export type KnobRange = readonly [low: number, high: number];

/** Eleven stops. The ranges of the leading knob do not overlap, so a problem's knobs determine its stop. */
export type Dial<Knob extends string> = readonly Readonly<Record<Knob, KnobRange>>[];

/** Separates the stream of the knobs from that of the problem, which starts from the seed itself. */
const knobStream = 0x6b6e6f62;

/** The knobs drawn from a seed at a stop of the dial. */
export function drawKnobs<Knob extends string>(
  dial: Dial<Knob>,
  difficulty: number,
  seed: number,
): Record<Knob, number> {
  assert(Number.isInteger(difficulty) && difficulty in dial, `difficulty ${difficulty} is a whole number from 0 to 10`);
  const stream = randomStream(hashWords(seed, knobStream));
  const ranges = Object.entries(dial[difficulty]) as [Knob, KnobRange][];
  return Object.fromEntries(ranges.map(([knob, [low, high]]) => [knob, stream.integer(low, high)])) as Record<
    Knob,
    number
  >;
}

/** The stop whose range of the leading knob holds this value, or the nearest stop. */
export function difficultyOf<Knob extends string>(dial: Dial<Knob>, leading: Knob, value: number): number {
  const stop = dial.findIndex((ranges) => value <= ranges[leading][1]);
  return stop < 0 ? maxDifficulty : stop;
}
