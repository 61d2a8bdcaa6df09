// Which steps the time axis shows, and which of them playing repeats: ranges of steps, both ends included. Pure.
import type { ShownRunsState } from "./shownRuns";

export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** Fewer steps than these are never spread over the whole axis. */
const FEWEST_STEPS = 9;

/** Steps on the axis: those there are, or while a run grows those expected, so that the picture does not shrink at every step. */
export function axisStepCount(
  { lanes, origin, stepCount }: Pick<ShownRunsState, "lanes" | "origin" | "stepCount">,
  expectedTokens: number | null,
): number {
  const isGrowing = origin === "live" && lanes.some(({ end }) => end === null);
  if (!isGrowing) return stepCount;
  const expected = expectedTokens === null ? 0 : expectedTokens - lanes[0].trace.header.promptTokens.length;
  return stepCount <= expected ? expected : withRoom(stepCount);
}

/** For a run of unknown length: so many steps, and up to a quarter more to grow into; 16 at least. */
function withRoom(stepCount: number): number {
  const portion = Math.max(16, 2 ** (Math.floor(Math.log2(Math.max(1, stepCount))) - 2));
  return Math.ceil(stepCount / portion) * portion;
}

/** What the axis shows: all of it for null, else the range, moved to where the axis has steps. */
export function rangeOnAxis(range: StepRange | null, lastStep: number): StepRange {
  if (range === null || range.to - range.from >= lastStep) return { from: 0, to: lastStep };
  return rangeAt(range.from, range.to - range.from, lastStep);
}

export interface Zoom {
  /** Above 1 the axis shows fewer steps. */
  readonly factor: number;
  /** The step that stays where it is; if it is out of sight, the middle of the axis stays. */
  readonly around: number;
}

/** Null once the whole axis is in sight again. */
export function zoomedRange(range: StepRange | null, { factor, around }: Zoom, lastStep: number): StepRange | null {
  const { from, to } = rangeOnAxis(range, lastStep);
  const span = Math.max(FEWEST_STEPS - 1, Math.round((to - from) / factor));
  if (span >= lastStep) return null;
  const centre = contains({ from, to }, around) ? around : (from + to) / 2;
  return rangeAt(Math.round(centre - (span * (centre - from)) / (to - from)), span, lastStep);
}

export function pannedRange(range: StepRange, bySteps: number, lastStep: number): StepRange {
  return rangeAt(Math.round(range.from + bySteps), range.to - range.from, lastStep);
}

export function contains({ from, to }: StepRange, step: number): boolean {
  return step >= from && step <= to;
}

export function stepsIn({ from, to }: StepRange): number {
  return to - from + 1;
}

/** The range between two steps of the run, in either order; null if it has fewer than two steps. */
export function rangeBetween(one: number, other: number, lastStep: number): StepRange | null {
  const from = Math.max(0, Math.min(one, other));
  const to = Math.min(lastStep, Math.max(one, other));
  return to > from ? { from, to } : null;
}

function rangeAt(from: number, span: number, lastStep: number): StepRange {
  const start = Math.max(0, Math.min(lastStep - span, from));
  return { from: start, to: start + span };
}
