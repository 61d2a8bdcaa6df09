// The only list of policies, and the numbers in force once a user's choices are laid over a policy's own.
import { InputError } from "../lib/errors";
import { fullCache, promptRecent, randomEviction, streamingLlm, streamingLlmRerotated } from "./attentionFree";
import { cur, keyDiff, keyNorm, lagKv, leverageScore, qFilter, valueNorm } from "./keyValueScores";
import { keepKv } from "./mergePolicies";
import type { ParameterRow } from "./parameterRow";
import {
  acceptedValue,
  baseParameters,
  countsBeside,
  expectedWords,
  parameterNames,
  parameterRow,
  roomOf,
  type ParameterName,
  type ParameterValue,
} from "./parameters";
import type { Policy, PolicyParameters } from "./policy";
import { queryPolicies } from "./queryScores";
import { gkv, h2o, rKv, snapKv } from "./scoreBased";
import { sharePolicies } from "./sharePolicies";

export const policies: readonly Policy[] = [
  gkv,
  snapKv,
  rKv,
  h2o,
  streamingLlm,
  streamingLlmRerotated,
  fullCache,
  randomEviction,
  promptRecent,
  keyNorm,
  keyDiff,
  lagKv,
  cur,
  leverageScore,
  qFilter,
  valueNorm,
  ...queryPolicies,
  ...sharePolicies,
  keepKv,
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
 * window chosen for G-KV does not turn H2O into something else). What a run would not accept becomes the nearest value
 * that it does, and a parameter takes the room that those above it in the table leave: the window stays below the
 * budget, as the reference asserts, and sinks leave the window its slots.
 */
export function effectiveParameters(policy: Policy, choices: Partial<PolicyParameters> = {}): PolicyParameters {
  const chosen = policy.uses.filter((name) => choices[name] !== undefined);
  const own = { ...baseParameters, ...policy.defaults };
  const all = { ...own, ...Object.fromEntries(chosen.map((name) => [name, choices[name]])) };
  // B is in force under every budget mode: in bytes it is what they come to on a model.
  const counting = chosen.filter((name) => name === "budgetSlots" || countsBeside(name, all));
  const inForce = { ...own, ...Object.fromEntries(counting.map((name) => [name, choices[name]])) };
  for (const name of parameterNames) {
    const row = parameterRow(name);
    const value = acceptedValue(row, inForce[name]);
    const most = roomOf(row, inForce)?.most ?? Infinity;
    Object.assign(inForce, { [name]: typeof value === "number" ? Math.min(value, most) : value });
  }
  return inForce;
}

/** The parameters that change what a policy does beside these values: those of a rule count only under that rule. */
export function countingParameters(
  policy: Policy,
  values: Readonly<Partial<Record<string, unknown>>>,
): readonly ParameterName[] {
  const inForce = { ...policy.defaults, ...values };
  return policy.uses.filter((name) => countsBeside(name, inForce));
}

/** Whether one parameter is among them. */
export function isCounting(
  policy: Policy,
  name: ParameterName,
  values: Readonly<Partial<Record<string, unknown>>>,
): boolean {
  return policy.uses.includes(name) && countsBeside(name, { ...policy.defaults, ...values });
}

function conditionWords({ onlyWith }: ParameterRow): string {
  const condition = parameterNames.find((name) => name === onlyWith?.name);
  if (condition === undefined || onlyWith === undefined) return "";
  const { label } = parameterRow(condition);
  return `${label} is ${onlyWith.values === "above 0" ? onlyWith.values : onlyWith.values.join(" or ")}`;
}

/** Why a chosen value is not the one in force, in words that follow its name and value; null where it is. */
export function overruledWords(name: ParameterName, chosen: ParameterValue, inForce: PolicyParameters): string | null {
  const row = parameterRow(name);
  if (chosen === inForce[name]) return null;
  if (acceptedValue(row, chosen) !== chosen) return `is not ${expectedWords(row)}`;
  if (!countsBeside(name, inForce)) return `counts only while ${conditionWords(row)}`;
  return `does not fit: ${roomOf(row, inForce)?.words ?? "another parameter overrules it"}`;
}
