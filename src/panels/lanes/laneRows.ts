// The figures of each lane at the step that the clock shows. Pure.
import { unreachable } from "../../lib/errors";
import type { Problem } from "../../problems/problem";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import { memoryFigures, type MemoryFigures } from "../../trace/figures";
import { runningComparison, type RunningComparison } from "../../trace/compare/laneComparison";
import { writtenNumber } from "../../ui/numbers";
import { laneVerdict, type RunVerdict } from "../header/verdict";
import { laneNames, type LaneName } from "./laneNames";

export interface LaneRow {
  readonly lane: number;
  readonly name: LaneName;
  /** The step of the lane that is shown: the clock's, or its last one. */
  readonly step: number;
  /** It has no step beyond the one shown, and never will. */
  readonly isAtEnd: boolean;
  readonly verdict: RunVerdict;
  /** Once the step is over. */
  readonly memory: MemoryFigures;
  /** Null where the full cache did not run beside it. */
  readonly comparison: RunningComparison | null;
}

export function laneRows(lanes: readonly LaneRun[], shownStep: number, problem: Problem | null): readonly LaneRow[] {
  const names = laneNames(lanes.map(({ trace }) => trace.header));
  return lanes.map((run, lane) => {
    const step = laneStep(run, shownStep);
    return {
      lane,
      name: names[lane],
      step,
      isAtEnd: run.end !== null && step === run.stepCount - 1,
      verdict: laneVerdict(run, step, problem),
      memory: memoryFigures(run.trace, step),
      comparison: runningComparison(run.trace, step),
    };
  });
}

/** "step 57", "ended at step 212" */
export function stepText({ step, isAtEnd }: LaneRow): string {
  return isAtEnd ? `ended at step ${step}` : `step ${step}`;
}

/** "✓ right: 38", "✗ wrong: 12", "✗ no answer", "open" */
export function verdictText(verdict: RunVerdict): string {
  switch (verdict.type) {
    case "unknown":
      return "not judged";
    case "right":
      return `✓ right: ${verdict.expected}`;
    case "wrong":
      return verdict.given === null ? "✗ no answer" : `✗ wrong: ${verdict.given}`;
    case "open":
      return "still open";
    default:
      return unreachable(verdict);
  }
}

/** Rounding errors of two like runs are no figure to read. */
export function writtenNats(nats: number): string {
  return nats > 0 && nats < 0.001 ? "< 0.001" : writtenNumber(nats);
}
