// Where two runs of one prompt part: the first step at which they generate different tokens. Up to there a position
// means the same token in both; from there on it does not. What was compared once is not compared again.
import { latestOf, pairOf } from "../latest";
import type { Trace } from "../trace";

/** How far two traces have been compared, and where they differ. */
interface Comparison {
  checkedCount: number;
  step: number | null;
}

/** The first step whose tokens differ, among the steps that both have by now; null where none does. */
export function divergenceStep(left: Trace, right: Trace): number | null {
  const comparison = latestOf<Comparison>(pairOf(left, right), ["divergence"], () => ({ checkedCount: 0, step: null }));
  const commonCount = Math.min(left.steps.length, right.steps.length);
  while (comparison.step === null && comparison.checkedCount < commonCount) {
    const step = comparison.checkedCount++;
    if (left.steps[step].token !== right.steps[step].token) comparison.step = step;
  }
  return comparison.step;
}

/** Positions from the start of the text that hold the same token in both; Infinity where they have not parted. */
export function sharedPositionCount(left: Trace, right: Trace): number {
  const step = divergenceStep(left, right);
  return step === null ? Infinity : left.header.promptTokens.length + step;
}
