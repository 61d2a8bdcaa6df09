// Lanes: up to four runs on one clock, each a policy with its parameters. The first is the run itself; the others take
// its problem, model, sampling and budget, and hold only what differs.
//
//   choices           policy G-KV, problem diary, B = 64
//   others[0]         policy SnapKV                     → SnapKV on diary, B = 64
//   others[1]         policy G-KV, α = 0, B = 96        → its budget is unlocked: it has one of its own
//   others[2]         policy G-KV, model distilled      → the same policy and budget on another checkpoint
import { parameterNames, parameterRow, type ParameterName } from "../policy/parameters";
import type { ParameterRow } from "../policy/parameterRow";
import { bytesOfSlots, settingsInForce, withoutDefaults, policyOf, type SettingsInForce } from "./inForce";
import type { SettingValue } from "./settingRow";
import { settingTable, type Choices, type SettingId, type Settings } from "./settings";

/** The run itself included. */
export const MOST_LANES = 4;

export type LaneId = "policyId" | "keptSpans" | "model" | ParameterName;

const deciding = (what: ParameterRow["decides"]): readonly ParameterName[] =>
  parameterNames.filter((name) => parameterRow(name).decides === what);

/** Rows that every lane has for itself: they decide what is evicted. */
export const ownIds: readonly LaneId[] = ["policyId", "keptSpans", ...deciding("who")];

/** Rows that lanes share unless one is given its own value: the model, when and how much is evicted, and by which draw. */
export const lockedIds: readonly LaneId[] = ["model", ...deciding("when"), ...deciding("draw")];

/** What another lane has for itself. A locked row that is listed here is unlocked, whatever its value. */
export type LaneChoices = Pick<Choices, LaneId>;

/** The lanes next to the run, and which tokens they are fed. */
export interface LaneComparison {
  readonly others: readonly LaneChoices[];
  /** All lanes are fed the tokens of the full cache, instead of their own. */
  readonly isForced: boolean;
}

export const noLaneComparison: LaneComparison = { others: [], isForced: false };

const laneIds: readonly SettingId[] = [...ownIds, ...lockedIds];

export function isLaneId(id: SettingId): id is LaneId {
  return laneIds.includes(id);
}

/** All choices of another lane: what it shares with the first, and its own. */
export function choicesOfLane(first: Choices, lane: LaneChoices): Choices {
  const shared = Object.entries(first).filter(([id]) => !ownIds.some((own) => own === id));
  return withoutDefaults({ ...Object.fromEntries(shared), ...lane });
}

/** The settings of every lane, the first included; lanes beyond the most allowed are left out. */
export function settingsOfLanes(first: Choices, { others }: LaneComparison): readonly SettingsInForce[] {
  const next = others.slice(0, MOST_LANES - 1).map((lane) => choicesOfLane(first, lane));
  return [first, ...next].map(settingsInForce);
}

/**
 * The same lanes at equal bytes: all have as many as the budget of this one takes, and hold as many slots as they store in them.
 * Null where it has no fixed budget.
 */
export function atEqualBytes(
  first: Choices,
  comparison: LaneComparison,
  lane: number,
): { readonly choices: Choices; readonly comparison: LaneComparison } | null {
  const settings = settingsOfLanes(first, comparison).at(lane)?.settings;
  if (settings === undefined || !hasFixedBudget(settings)) return null;
  const budgetBytes = bytesOfSlots(settings, settings.budgetSlots);
  const isInBytes = settings.budgetMode === "bytes";
  const choices: Choices = {
    ...first,
    budgetMode: "bytes",
    budgetBytes: isInBytes ? settings.budgetBytes : budgetBytes,
  };
  const others = comparison.others.map((other) => budgetIds.reduce(withoutLaneChoice, other));
  return { choices: withoutDefaults(choices), comparison: { ...comparison, others } };
}

/** Whether a run has a budget, and the same at every event. */
export function hasFixedBudget({ policyId, budgetMode }: Settings): boolean {
  return policyOf(policyId).isEvicting && budgetMode !== "ratio";
}

const budgetIds = ["budgetSlots", "budgetMode", "budgetBytes", "compressRatio"] as const;

/** Whether several lanes evict, all with the same budget in bytes. */
export function areAtEqualBytes(lanes: readonly Settings[]): boolean {
  const evicting = lanes.filter(({ policyId }) => policyOf(policyId).isEvicting);
  const [{ budgetBytes } = { budgetBytes: 0 }] = evicting;
  return (
    evicting.length > 1 && evicting.every((lane) => lane.budgetMode === "bytes" && lane.budgetBytes === budgetBytes)
  );
}

/** The lane after one more choice. A new policy drops what it sets itself, and keeps what is unlocked. */
export function withLaneChoice(lane: LaneChoices, id: LaneId, value: SettingValue): LaneChoices {
  const policyId = String(id === "policyId" ? value : (lane.policyId ?? settingTable.policyId.default));
  const setByPolicy = id === "policyId" ? Object.keys(policyOf(policyId).defaults) : [];
  const kept = Object.entries(lane).filter(([other]) => !setByPolicy.includes(other) || isLocked(other));
  return withoutOwnDefaults({ ...Object.fromEntries(kept), [id]: value });
}

/** Locks a row again: the lanes share it. */
export function withoutLaneChoice(lane: LaneChoices, id: LaneId): LaneChoices {
  return Object.fromEntries(Object.entries(lane).filter(([other]) => other !== id));
}

/** Without own rows that equal the policy's defaults; the policy itself stays. */
export function withoutOwnDefaults(lane: LaneChoices): LaneChoices {
  const policyId = lane.policyId ?? settingTable.policyId.default;
  const differing: Choices = withoutDefaults({ ...lane, policyId });
  const kept = Object.entries(lane).filter(([id]) => isLocked(id) || id in differing);
  return { ...Object.fromEntries(kept), policyId };
}

function isLocked(id: string): boolean {
  return lockedIds.some((locked) => locked === id);
}
