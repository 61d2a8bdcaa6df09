// What each lane is called, and its figures at the step that the clock shows. Pure.
import { unreachable } from "../../lib/errors";
import { recordedValue, type ParameterName } from "../../policy/parameters";
import type { Problem } from "../../problems/problem";
import { checkpointWords } from "../../settings/checkpoints";
import { parametersOfRun } from "../../settings/inForce";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import { memoryFigures, type MemoryFigures } from "../../trace/figures";
import { runningComparison, type RunningComparison } from "../../trace/compare/laneComparison";
import { lengthsAfterStep } from "../../trace/replay";
import type { TraceHeader } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import { isOfUser, writtenParameter } from "../header/runSummary";
import { laneVerdict, type RunVerdict } from "../header/verdict";

export interface LaneName {
  /** "G-KV", or "G-KV · distilled" where lanes run different models. */
  readonly policy: string;
  /** What distinguishes it from the other lanes: "α 0, B 64"; empty if the policy says enough. */
  readonly differing: string;
}

export interface LaneRow {
  readonly lane: number;
  readonly name: LaneName;
  /** The step of the lane that is shown: the clock's, or its last one. */
  readonly step: number;
  /** The lane is over, and this is its last step. */
  readonly isAtEnd: boolean;
  readonly verdict: RunVerdict;
  /** Once the step is over. */
  readonly memory: MemoryFigures;
  /** Slots of each head, once the step is over. [head] */
  readonly lengths: Int32Array;
  /** Null without a full-cache comparison. */
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
      lengths: lengthsAfterStep(run.trace, step),
      comparison: runningComparison(run.trace, step),
    };
  });
}

/** "step 57", "ended at step 212" */
export function stepText({ step, isAtEnd }: LaneRow): string {
  return isAtEnd ? `ended at step ${step}` : `step ${step}`;
}

/** "✓ right: 38", "✗ wrong: 12", "✗ no answer", "not answered yet", "not judged" */
export function verdictText(verdict: RunVerdict): string {
  switch (verdict.type) {
    case "unknown":
      return "not judged";
    case "right":
      return `✓ right: ${verdict.expected}`;
    case "wrong":
      return verdict.given === null ? "✗ no answer" : `✗ wrong: ${verdict.given}`;
    case "open":
      return "not answered yet";
    default:
      return unreachable(verdict);
  }
}

/** Below a thousandth of a nat, two equal runs differ by rounding alone. */
export function writtenNats(nats: number): string {
  return nats > 0 && nats < 0.001 ? "< 0.001" : writtenNumber(nats);
}

/** By lane. A parameter that no other lane uses is named if the user changed it from the policy's default. */
export function laneNames(headers: readonly TraceHeader[]): readonly LaneName[] {
  const isOneModel = headers.every(({ model }) => model.digest === headers[0].model.digest);
  return headers.map((header, lane) => {
    const others = headers.filter((_, other) => other !== lane);
    const isNamed = (name: ParameterName): boolean => {
      const users = others.filter(({ policyId, parameters }) => parametersOfRun(policyId, parameters).includes(name));
      return users.length === 0
        ? isOfUser(header, name)
        : users.some(({ parameters }) => recordedValue(name, parameters) !== header.parameters[name]);
    };
    const differing = parametersOfRun(header.policyId, header.parameters)
      .filter((name) => name in header.parameters && isNamed(name))
      .map((name) => writtenParameter(header, name));
    const { temperature, seed } = header.sampling;
    if (temperature > 0 && others.some(({ sampling }) => sampling.seed !== seed)) {
      differing.push(`seed of sampling ${seed}`);
    }
    const policy = isOneModel ? header.policyLabel : `${header.policyLabel} · ${checkpointWords(header.model)}`;
    return { policy, differing: differing.join(", ") };
  });
}

/** "lane 2" */
export function laneLabel(lane: number): string {
  return `lane ${lane + 1}`;
}

/** "lanes 1, 2 and 4" */
export function laneList(lanes: readonly number[]): string {
  const numbers = lanes.map((lane) => String(lane + 1));
  if (numbers.length < 2) return `lane ${numbers.join("")}`;
  return `lanes ${numbers.slice(0, -1).join(", ")} and ${numbers[numbers.length - 1]}`;
}

/** "SnapKV, B 64" */
export function fullName({ policy, differing }: LaneName): string {
  return differing === "" ? policy : `${policy}, ${differing}`;
}
