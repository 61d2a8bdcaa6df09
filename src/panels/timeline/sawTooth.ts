// The cache's length over a range of steps as a path. Between events it grows by one slot a step, so that its corners
// are the events and the ends; the line of the full cache needs two. Pure.
import { lengthRange, meanLength } from "../../cache/headRows";
import type { StepRange } from "../../state/timeAxis";
import { eventAtStep, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

interface Corner {
  readonly step: number;
  readonly slots: number;
}

type Scale = (value: number) => number;

/** The slots that each step saw, then those that its event kept. */
export function sawToothPath(trace: Trace, range: StepRange, x: Scale, y: Scale): string {
  return pathThrough(sawToothCorners(trace, range, meanLength), x, y);
}

/** The band from the shortest head to the longest; empty if they do not differ. */
export function sawToothBand(trace: Trace, range: StepRange, x: Scale, y: Scale): string {
  const upper = sawToothCorners(trace, range, (lengths) => lengthRange(lengths).longest);
  const lower = sawToothCorners(trace, range, (lengths) => lengthRange(lengths).shortest);
  const isEven = upper.every(({ slots }, corner) => slots === lower[corner].slots);
  return isEven ? "" : `${pathThrough([...upper, ...lower.reverse()], x, y)}Z`;
}

/** The path filled down to zero slots, where y must begin. */
export function sawToothArea(trace: Trace, range: StepRange, x: Scale, y: Scale): string {
  const line = sawToothPath(trace, range, x, y);
  return line === ""
    ? ""
    : `${line}L${rounded(x(range.to))},${rounded(y(0))}L${rounded(x(range.from))},${rounded(y(0))}Z`;
}

/** The line of a cache that keeps everything, up to `mostSlots`; null if all of it lies above. */
export function fullCacheEnd({ header }: Trace, range: StepRange, mostSlots: number): Corner | null {
  const step = Math.min(range.to, mostSlots - header.promptTokens.length);
  return step < range.from ? null : { step, slots: header.promptTokens.length + step };
}

/** `slotsOf` turns the lengths of all heads into one number. Every event gives two corners, whatever it changes. */
function sawToothCorners(trace: Trace, { from, to }: StepRange, slotsOf: (lengths: Int32Array) => number): Corner[] {
  if (to < from) return [];
  const inner = trace.events.map(({ step }) => step).filter((step) => step > from && step < to);
  return [...new Set([from, ...inner, to])].flatMap((step) => {
    const seen = { step, slots: slotsOf(lengthsSeenByStep(trace, step)) };
    return eventAtStep(trace, step) === null ? [seen] : [seen, { step, slots: slotsOf(lengthsAfterStep(trace, step)) }];
  });
}

function pathThrough(corners: readonly Corner[], x: Scale, y: Scale): string {
  return corners.length === 0
    ? ""
    : `M${corners.map(({ step, slots }) => `${rounded(x(step))},${rounded(y(slots))}`).join("L")}`;
}

function rounded(pixels: number): string {
  return pixels.toFixed(1);
}
