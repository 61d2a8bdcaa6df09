// What lanes are called: the policy, and only what sets it apart from the other lanes.
import type { ParameterName } from "../../policy/parameters";
import { policyOf } from "../../settings/inForce";
import type { TraceHeader } from "../../trace/trace";
import { isOfUser, writtenParameter } from "../header/runSummary";

export interface LaneName {
  readonly policy: string;
  /** "α 0, B 64"; empty where the policy alone tells it apart. */
  readonly differing: string;
}

/** By lane. A number that no other lane uses is told where it is not the policy's own. */
export function laneNames(headers: readonly TraceHeader[]): readonly LaneName[] {
  return headers.map((header, lane) => {
    const others = headers.filter((_, other) => other !== lane);
    const isTold = (name: ParameterName): boolean => {
      const users = others.filter(({ policyId }) => policyOf(policyId).uses.includes(name));
      return users.length === 0
        ? isOfUser(header, name)
        : users.some(({ parameters }) => parameters[name] !== header.parameters[name]);
    };
    const told = policyOf(header.policyId)
      .uses.filter((name) => name in header.parameters && isTold(name))
      .map((name) => writtenParameter(header, name));
    const { temperature, seed } = header.sampling;
    const isSeedTold = temperature > 0 && others.some(({ sampling }) => sampling.seed !== seed);
    return {
      policy: header.policyLabel,
      differing: [...told, ...(isSeedTold ? [`seed of sampling ${seed}`] : [])].join(", "),
    };
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
