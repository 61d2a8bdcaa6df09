// A run at a glance, small enough to stand in a list: the saw-tooth of its cache, the text that the full cache would
// hold, and what is left of each stretch of the text at the end. Pure; the shapes fit a view box of WIDTH × HEIGHT.

import { meanLength } from "../../cache/headRows";
import { heldShare, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

export const THUMBNAIL_WIDTH = 64;
export const THUMBNAIL_HEIGHT = 24;
/** Points along the time axis: no more than a screen would show. */
const COLUMNS = 64;
const STRETCHES = 32;

export interface Thumbnail {
  /** SVG path: slots in use over the steps, forwards and events alike. Empty for a run without steps. */
  readonly cachePath: string;
  /** SVG path of the text's length, on the same scale. */
  readonly textPath: string;
  /** Of the text in equal stretches, the share still held over all layers and KV heads when the run ended: a digit 0 … 9 each. */
  readonly heldDigits: string;
}

export function thumbnail(trace: Trace): Thumbnail {
  const stepCount = trace.steps.length;
  if (stepCount === 0) return { cachePath: "", textPath: "", heldDigits: "" };
  const promptCount = trace.header.promptTokens.length;
  const longest = promptCount + stepCount - 1;
  const x = (step: number): number => (stepCount === 1 ? 0 : (step / (stepCount - 1)) * THUMBNAIL_WIDTH);
  const y = (slots: number): number => THUMBNAIL_HEIGHT * (1 - slots / longest);
  const points = columns(stepCount).flatMap(([first, last]) => columnPoints(trace, first, last));
  return {
    cachePath: path(points.map(({ step, slots }) => [x(step), y(slots)])),
    textPath: path([
      [0, y(promptCount)],
      [x(stepCount - 1), y(longest)],
    ]),
    heldDigits: heldDigits(trace),
  };
}

/** Steps in at most COLUMNS runs of equal length: first and last of each. */
function columns(stepCount: number): (readonly [first: number, last: number])[] {
  const count = Math.min(COLUMNS, stepCount);
  return Array.from({ length: count }, (_, column) => [
    Math.floor((column * stepCount) / count),
    Math.floor(((column + 1) * stepCount) / count) - 1,
  ]);
}

interface Point {
  readonly step: number;
  readonly slots: number;
}

/** The highest and the lowest that the cache was within a column, in the order in which they came: teeth stay teeth. */
function columnPoints(trace: Trace, first: number, last: number): Point[] {
  let highest: Point = { step: first, slots: -Infinity };
  let lowest: Point = { step: first, slots: Infinity };
  for (let step = first; step <= last; step++) {
    const seen = meanLength(lengthsSeenByStep(trace, step));
    const after = meanLength(lengthsAfterStep(trace, step));
    if (seen > highest.slots) highest = { step, slots: seen };
    if (after < lowest.slots) lowest = { step, slots: after };
  }
  if (highest.slots === lowest.slots) return [highest];
  // Within one step the forward comes before the event.
  return lowest.step < highest.step ? [lowest, highest] : [highest, lowest];
}

function heldDigits(trace: Trace): string {
  return digitsOf(heldShare(trace, trace.steps.length - 1));
}

/** Of equal stretches, the mean share as a digit each. */
export function digitsOf(shares: Float32Array): string {
  const count = Math.min(STRETCHES, shares.length);
  return Array.from({ length: count }, (_, stretch) => {
    const part = shares.subarray(
      Math.floor((stretch * shares.length) / count),
      Math.floor(((stretch + 1) * shares.length) / count),
    );
    return Math.round((9 * part.reduce((sum, share) => sum + share, 0)) / part.length);
  }).join("");
}

/** An SVG path through these points. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], place) => `${place === 0 ? "M" : "L"}${short(x)} ${short(y)}`).join("");
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
