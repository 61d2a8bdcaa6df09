// From the user's choices to the values in force: the policy's own values override the table's defaults, and the choices
// that the policy uses override both.
import { heldBytes, parametersOnModel, type CacheShape } from "../engine/storage/byteBudget";
import type { Policy, PolicyParameters } from "../policy/policy";
import { parameterNames, plainCacheChoices, type ParameterName } from "../policy/parameters";
import { countingParameters, isCounting, overruledWords, policies } from "../policy/policies";
import { policyKind } from "../policy/policyGroups";
import type { ScoreKind } from "../policy/scoreKinds";
import { writtenValue, type SettingValue } from "./settingRow";
import { modelOf } from "./shippedModels";
import { settingIds, settingRow, settingTable, type Choices, type SettingId, type Settings } from "./settings";

export interface SettingsInForce {
  readonly settings: Settings;
  /** What was changed because two choices contradict each other, in plain words. */
  readonly complaints: readonly string[];
}

/** The policy of that id, or the first one. */
export function policyOf(policyId: string): Policy {
  return policies.find((policy) => policy.id === policyId) ?? policies[0];
}

/** All policies, in the order of menus. */
export function policyChoices(): readonly Policy[] {
  return settingTable.policyId.choices.map(({ value }) => policyOf(value));
}

/** What a policy's score is made from. */
export function kindOfPolicy(policyId: string): ScoreKind {
  return policyKind(policyOf(policyId));
}

/** The value of a row that the user leaves alone, under this policy. */
export function defaultValue(id: SettingId, policyId: string): SettingValue {
  const ofPolicy = (policyOf(policyId).defaults as Partial<Record<SettingId, SettingValue>>)[id];
  return ofPolicy ?? settingRow(id).default;
}

export function settingsInForce(choices: Choices): SettingsInForce {
  const policyId = choices.policyId ?? settingTable.policyId.default;
  const values = Object.fromEntries(settingIds.map((id) => [id, choices[id] ?? defaultValue(id, policyId)]));
  const chosen = values as unknown as Settings;
  const parameters = parametersOnModel(policyOf(policyId), choices, shapeOf(chosen.model));
  // The seed also serves sampling, whatever the policy.
  const inForce: Settings = { ...chosen, ...parameters, seed: chosen.seed };
  return { settings: inForce, complaints: parameterNames.flatMap((id) => overruled(id, choices, inForce)) };
}

/** The shape of a shipped model; of another, the first one's. */
export function shapeOf(modelId: string): CacheShape {
  return modelOf(modelId);
}

/** Bytes that so many slots of each KV head take under these settings. */
export function bytesOfSlots(settings: Settings, slots: number): number {
  return heldBytes(policyParameters(settings), shapeOf(settings.model), slots);
}

/** The choices after one more. Defaults are dropped, and so is what a new policy sets itself. */
export function withChoice(choices: Choices, id: SettingId, value: SettingValue): Choices {
  if (id === "budgetMode") return withBudgetMode(choices, String(value));
  if (id !== "policyId") return withoutDefaults({ ...choices, [id]: value });
  const setByPolicy = Object.keys(policyOf(String(value)).defaults);
  const others = Object.entries(choices).filter(([other]) => !setByPolicy.includes(other));
  return withoutDefaults({ ...Object.fromEntries(others), policyId: String(value) });
}

/** From slots to bytes and back: the budget stays as large as it was. */
function withBudgetMode(choices: Choices, budgetMode: string): Choices {
  const { settings } = settingsInForce(choices);
  const changed = { ...choices, budgetMode } as Choices;
  if (budgetMode === settings.budgetMode) return withoutDefaults(changed);
  if (budgetMode === "bytes") {
    return withoutDefaults({ ...changed, budgetBytes: bytesOfSlots(settings, settings.budgetSlots) });
  }
  const isFromBytes = settings.budgetMode === "bytes";
  return withoutDefaults(isFromBytes ? { ...changed, budgetSlots: settings.budgetSlots } : changed);
}

/** Only the choices that differ from the defaults in force. A budget in bytes says how many slots, whatever was chosen before. */
export function withoutDefaults(choices: Choices): Choices {
  const policyId = choices.policyId ?? settingTable.policyId.default;
  const isIdle = choices.budgetMode === "bytes" ? "budgetSlots" : "budgetBytes";
  const differing = settingIds.filter(
    (id) => choices[id] !== undefined && choices[id] !== defaultValue(id, policyId) && id !== isIdle,
  );
  return Object.fromEntries(differing.map((id) => [id, choices[id]]));
}

/** The choices with entries as computed and all of them read, whatever was chosen. */
export function withPlainCache(choices: Choices): Choices {
  return withoutDefaults({ ...choices, ...plainCacheChoices });
}

/** A choice that the policy would use if another choice did not rule it out. */
function overruled(id: ParameterName, choices: Choices, inForce: Settings): readonly string[] {
  const chosen = choices[id];
  if (chosen === undefined || isUnusedByPolicy(id, inForce.policyId, inForce)) return [];
  const words = overruledWords(id, chosen, inForce);
  const row = settingRow(id);
  return words === null ? [] : [`${row.label}: ${String(chosen)} ${words}; ${writtenValue(row, inForce[id])} is used.`];
}

/** The parameters of a policy. */
export function policyParameters(settings: Settings): PolicyParameters {
  return Object.fromEntries(parameterNames.map((id) => [id, settings[id]])) as unknown as PolicyParameters;
}

/** The parameters that count in a run with these values. */
export function parametersOfRun(
  policyId: string,
  values: Readonly<Partial<Record<string, unknown>>>,
): readonly ParameterName[] {
  return countingParameters(policyOf(policyId), values);
}

/** True for a policy parameter that changes nothing under this policy, beside these values. */
export function isUnusedByPolicy(
  id: SettingId,
  policyId: string,
  values: Readonly<Partial<Record<string, unknown>>> = {},
): boolean {
  const parameter = parameterNames.find((known) => known === id);
  if (parameter === undefined) return false;
  return !isCounting(policyOf(policyId), parameter, values);
}
