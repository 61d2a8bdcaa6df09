// The only list of policies, and the numbers in force once a user's choices are laid over a policy's own.
import { InputError } from "../lib/errors";
import { fullCache } from "./fullCache";
import { gkv } from "./gkv";
import { h2o } from "./h2o";
import { baseParameters } from "./parameters";
import type { Policy, PolicyParameters } from "./policy";
import { promptRecent } from "./promptRecent";
import { randomEviction } from "./randomEviction";
import { rKv } from "./rKv";
import { snapKv } from "./snapKv";
import { streamingLlm } from "./streamingLlm";

export const policies: readonly Policy[] = [
  gkv,
  snapKv,
  rKv,
  h2o,
  streamingLlm,
  fullCache,
  randomEviction,
  promptRecent,
];

/** Throws InputError for an id that is not in the list. */
export function policyById(id: string): Policy {
  const policy = policies.find((candidate) => candidate.id === id);
  if (policy !== undefined) return policy;
  const known = policies.map((candidate) => candidate.id).join(", ");
  throw new InputError(`there is no policy "${id}"; choose one of ${known}`);
}

/**
 * The numbers in force: base values, then the policy's own, then those choices that the policy `uses` (so that a
 * window chosen for G-KV does not turn H2O into something else). The window is kept below the budget, as the
 * reference asserts; the pool is made odd; sinks leave the window its room.
 */
export function effectiveParameters(policy: Policy, choices: Partial<PolicyParameters> = {}): PolicyParameters {
  const chosen = Object.fromEntries(
    policy.uses.filter((name) => choices[name] !== undefined).map((name) => [name, choices[name]]),
  );
  const merged: PolicyParameters = { ...baseParameters, ...policy.defaults, ...chosen };
  const budgetSlots = Math.max(2, merged.budgetSlots);
  const windowSlots = Math.min(merged.windowSlots, budgetSlots - 1);
  return {
    ...merged,
    budgetSlots,
    windowSlots,
    sinkSlots: Math.min(merged.sinkSlots, budgetSlots - windowSlots),
    poolingSlots: merged.poolingSlots + (merged.poolingSlots % 2 === 0 ? 1 : 0),
  };
}
