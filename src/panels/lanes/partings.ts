// Where lanes that continue with their own tokens part from the lane on the stage, and the tokens around such a step. Pure.
import type { LaneRun } from "../../state/shownRuns";
import { divergenceStep } from "../../trace/compare/laneHoldings";
import type { StepRecord } from "../../trace/trace";
import type { StepMark } from "../timeline/scene";
import { laneList } from "./laneRows";

export interface Parting {
  readonly lane: number;
  /** The first step whose token differs from that of the lane on the stage; null if none does so far. */
  readonly step: number | null;
  /** The last step that both have. */
  readonly lastCommonStep: number;
}

/** All lanes were fed the full cache's tokens, so they cannot part. */
export function isForced(lanes: readonly LaneRun[]): boolean {
  return lanes.length > 0 && lanes.every(({ trace }) => trace.header.isForced === true);
}

/** Of every lane but the one on the stage, in their order. */
export function partings(lanes: readonly LaneRun[], stageLane: number): readonly Parting[] {
  const stage = lanes[stageLane];
  return lanes
    .map((run, lane) => ({
      lane,
      step: divergenceStep(stage.trace, run.trace),
      lastCommonStep: Math.min(stage.stepCount, run.stepCount) - 1,
    }))
    .filter(({ lane }) => lane !== stageLane);
}

/** Partings as marks of the timeline: lanes that part at the same step share a mark. */
export function divergenceMarks(lanes: readonly LaneRun[], stageLane: number): readonly StepMark[] {
  if (lanes.length < 2 || isForced(lanes)) return [];
  const lanesAt = new Map<number, number[]>();
  for (const { lane, step } of partings(lanes, stageLane)) {
    if (step !== null) lanesAt.set(step, [...(lanesAt.get(step) ?? []), lane]);
  }
  return [...lanesAt].map(([step, parted]) => ({
    step,
    label: `${laneList(parted)} ${parted.length === 1 ? "diverges" : "diverge"}`,
    tone: "neutral",
  }));
}

export interface TokenCell {
  readonly step: number;
  readonly text: string;
  /** The model's own probability of it. */
  readonly probability: number;
  /** The lane on the stage has another token at this step. */
  readonly isOther: boolean;
}

export interface TokenLine {
  readonly lane: number;
  /** [column]; null beyond the lane's end. */
  readonly cells: readonly (TokenCell | null)[];
}

export interface TokenLines {
  /** [column] */
  readonly steps: readonly number[];
  readonly lines: readonly TokenLine[];
}

/** The tokens of every lane around a step: a third of the columns before it. */
export function tokenLines(
  lanes: readonly LaneRun[],
  stageLane: number,
  around: number,
  columnCount: number,
): TokenLines {
  const lastStep = Math.max(...lanes.map(({ stepCount }) => stepCount)) - 1;
  const count = Math.min(columnCount, lastStep + 1);
  const first = Math.max(0, Math.min(around - Math.floor(count / 3), lastStep + 1 - count));
  const steps = Array.from({ length: count }, (_, column) => first + column);
  const stage = lanes[stageLane];
  return {
    steps,
    lines: lanes.map((run, lane) => ({
      lane,
      cells: steps.map((step) => {
        if (step >= run.stepCount) return null;
        const { token, text, logProbability } = run.trace.steps[step];
        return {
          step,
          text,
          probability: Math.exp(logProbability),
          isOther: step >= stage.stepCount || token !== stage.trace.steps[step].token,
        };
      }),
    })),
  };
}

/** The probability that a step gave to a token; null if it is not among the candidates recorded. */
export function candidateProbability(record: StepRecord, token: number): number | null {
  const rank = record.candidateTokens.indexOf(token);
  return rank < 0 ? null : Math.exp(record.candidateLogProbabilities[rank]);
}
