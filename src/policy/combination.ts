// Which parts of a method do not go together, in one sentence each: the engine, the settings and the command line ask here.

import { neededTerms, type Policy, type PolicyParameters } from "./policy";
import type { InfScores } from "./shareBudgets";

/** What a combination needs of the model. */
export interface CombinedModel {
  readonly layerCount: number;
  readonly headCount: number;
  /** Null where nobody has looked what its heads do. */
  readonly roles: InfScores | null;
  /** Null where nobody has looked where its queries point. */
  readonly filters: ArrayLike<number> | null;
}

/** Why a run of this policy with these values makes no sense, on this model if it is known; null where it does. */
export function objectionToCombination(
  policy: Policy,
  parameters: PolicyParameters,
  model: CombinedModel | null,
): string | null {
  if (!policy.isEvicting) return null;
  const terms = neededTerms(policy.formula(parameters));
  if (parameters.secondStage !== "none" && terms.length === 0) {
    return `${policy.label} keeps by a fixed rule, and a second stage refines scores of what was measured; choose no second stage, or a policy that scores`;
  }
  if (model === null) return null;
  const { roles, filters, layerCount, headCount } = model;
  if (filters === null && terms.includes("filterProduct")) {
    return `${policy.label} needs filters made from this model's own queries, and there are none; choose another policy`;
  }
  if (parameters.share === "roles") {
    if (roles === null) {
      return "the share by head role needs to know what this model's heads do, and nobody has looked yet; choose another share";
    }
    const isFitting = roles.infScore.length === layerCount && roles.infScore.every((row) => row.length === headCount);
    if (!isFitting) {
      return `the head roles are those of another model: expected ${layerCount} layers of ${headCount} heads; choose another share`;
    }
  }
  return null;
}
