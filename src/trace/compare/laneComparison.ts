// The full-cache comparison of a lane up to any step, and the series behind it: sums that grow with the trace, so that a
// step in the middle of a long run costs nothing. Derived, as all of StepRecord.comparison is (fullCacheComparison.ts).

import { isCompared } from "../fullCacheComparison";
import { latestOf } from "../latest";
import type { Trace } from "../trace";

export interface RunningComparison {
  /** Mean over the steps of KL(full ‖ lane), in nats. */
  readonly meanKlNats: number;
  /** Share of the steps at which both hold the same token for the most probable one, 0 … 1. */
  readonly agreedShare: number;
  /** Mean over steps, layers and KV heads of the attention that the full cache pays to evicted positions, 0 … 1. */
  readonly meanLostAttention: number;
}

export interface ComparisonSeries {
  /** KL of each step, in nats; zero where rounding left it below. [step] */
  readonly klNats: readonly number[];
  /** Steps at which the most probable token is not the full cache's, ascending. */
  readonly otherTopSteps: readonly number[];
}

interface Sums {
  readonly klNats: number[];
  readonly otherTopSteps: number[];
  /** Over the steps up to each one. [step] */
  readonly klSums: number[];
  readonly agreedCounts: number[];
  readonly lostSums: number[];
}

/** Over the steps up to and including this one; null for a run that was not compared. */
export function runningComparison(trace: Trace, step: number): RunningComparison | null {
  if (!isCompared(trace)) return null;
  const { klSums, agreedCounts, lostSums } = sumsOf(trace);
  return {
    meanKlNats: klSums[step] / (step + 1),
    agreedShare: agreedCounts[step] / (step + 1),
    meanLostAttention: lostSums[step] / (step + 1),
  };
}

/** Of every step there is; null for a run that was not compared. The same arrays while the trace grows. */
export function comparisonSeries(trace: Trace): ComparisonSeries | null {
  return isCompared(trace) ? sumsOf(trace) : null;
}

function sumsOf(trace: Trace): Sums {
  const sums = latestOf<Sums>(trace, ["laneComparison"], () => ({
    klNats: [],
    otherTopSteps: [],
    klSums: [],
    agreedCounts: [],
    lostSums: [],
  }));
  for (let step = sums.klNats.length; step < trace.steps.length; step++) {
    const { comparison } = trace.steps[step];
    const klNats = comparison?.klNats ?? NaN;
    const isAgreed = comparison?.isTopAgreed === true;
    const before = (series: readonly number[]): number => (step === 0 ? 0 : series[step - 1]);
    sums.klNats.push(Math.max(0, klNats));
    if (!isAgreed) sums.otherTopSteps.push(step);
    sums.klSums.push(before(sums.klSums) + klNats);
    sums.agreedCounts.push(before(sums.agreedCounts) + (isAgreed ? 1 : 0));
    sums.lostSums.push(before(sums.lostSums) + meanOf(comparison?.lostAttention));
  }
  return sums;
}

function meanOf(values: Float32Array | undefined): number {
  if (values === undefined) return NaN;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
