// Policy parameters as a run may use them. effectiveParameters (policy/policies.ts) adjusts a user's choices so that
// they pass; what arrives here unadjusted is told apart by name.

import { InputError } from "../../lib/errors";
import type { Policy, PolicyParameters } from "../../policy/policy";
import { requireInteger, requireNumber } from "./requireNumber";

const MANY = 2 ** 31 - 1;

/** Throws InputError for the first parameter that cannot be in force. The full cache reads none of them. */
export function checkParameters(policy: Policy, parameters: PolicyParameters): void {
  requireInteger("windowSlots", parameters.windowSlots, { least: 1, most: MANY });
  if (!policy.isEvicting) return;
  const { budgetSlots, windowSlots, sinkSlots, poolingSlots } = parameters;
  requireInteger("budgetSlots", budgetSlots, { least: 2, most: MANY });
  requireInteger("intervalSteps", parameters.intervalSteps, { least: 1, most: MANY });
  requireNumber("compressRatio", parameters.compressRatio, { least: Number.MIN_VALUE, most: 1 });
  requireNumber("alpha", parameters.alpha, { least: 0, most: 1 });
  requireNumber("lambda", parameters.lambda, { least: 0, most: 1 });
  requireNumber("shiftGamma", parameters.shiftGamma, { least: 0, most: 1e6 });
  requireInteger("poolingSlots", poolingSlots, { least: 1, most: MANY });
  requireInteger("sinkSlots", sinkSlots, { least: 0, most: MANY });
  requireInteger("seed", parameters.seed, { least: 0, most: 2 ** 32 - 1 });
  if (poolingSlots % 2 === 0) throw new InputError(`poolingSlots is ${poolingSlots}, expected an odd number`);
  if (budgetSlots > windowSlots) return;
  throw new InputError(
    `the budget of ${budgetSlots} slots leaves nothing beside the window of ${windowSlots}; ` +
      "raise the budget or narrow the window",
  );
}
