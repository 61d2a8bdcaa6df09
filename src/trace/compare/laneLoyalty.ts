// How loyal a lane has been to the full cache up to any step, and the series behind it: sums that grow with the trace, so
// that a step in the middle of a long run costs nothing. Derived, as all of StepRecord.loyalty is; see loyalty.ts.
import { latestOf } from "../latest";
import { isCompared } from "../loyalty";
import type { Trace } from "../trace";

export interface RunningLoyalty {
  /** Mean over the steps of KL(full ‖ lane), in nats. */
  readonly meanKlNats: number;
  /** Share of the steps at which both hold the same token for the most probable one, 0 … 1. */
  readonly agreedShare: number;
  /** Mean over steps, layers and KV heads of the attention that the full cache pays to what was let go, 0 … 1. */
  readonly meanLostAttention: number;
}

export interface LoyaltySeries {
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

/** Over the steps up to and including this one; null where the full cache did not run beside it. */
export function runningLoyalty(trace: Trace, step: number): RunningLoyalty | null {
  if (!isCompared(trace)) return null;
  const { klSums, agreedCounts, lostSums } = sumsOf(trace);
  return {
    meanKlNats: klSums[step] / (step + 1),
    agreedShare: agreedCounts[step] / (step + 1),
    meanLostAttention: lostSums[step] / (step + 1),
  };
}

/** Of every step there is; null where the full cache did not run beside it. The same arrays while the trace grows. */
export function loyaltySeries(trace: Trace): LoyaltySeries | null {
  return isCompared(trace) ? sumsOf(trace) : null;
}

function sumsOf(trace: Trace): Sums {
  const sums = latestOf<Sums>(trace, ["laneLoyalty"], () => ({
    klNats: [],
    otherTopSteps: [],
    klSums: [],
    agreedCounts: [],
    lostSums: [],
  }));
  for (let step = sums.klNats.length; step < trace.steps.length; step++) {
    const { loyalty } = trace.steps[step];
    const klNats = loyalty?.klNats ?? NaN;
    const isAgreed = loyalty?.isTopAgreed === true;
    const before = (series: readonly number[]): number => (step === 0 ? 0 : series[step - 1]);
    sums.klNats.push(Math.max(0, klNats));
    if (!isAgreed) sums.otherTopSteps.push(step);
    sums.klSums.push(before(sums.klSums) + klNats);
    sums.agreedCounts.push(before(sums.agreedCounts) + (isAgreed ? 1 : 0));
    sums.lostSums.push(before(sums.lostSums) + meanOf(loyalty?.lostAttention));
  }
  return sums;
}

function meanOf(values: Float32Array | undefined): number {
  if (values === undefined) return NaN;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
