// What the strip of lanes says: each lane in a few words, and which lanes are one click away.
import { parametersOfRun, policyOf } from "../../settings/inForce";
import { lockedIds, ownIds, type LaneChoices, type LaneId } from "../../settings/lanes";
import { writtenValue } from "../../settings/settingRow";
import { settingRow, settingTable, type Settings } from "../../settings/settings";

/** "G-KV, decay α 0": the policy and what else the lane sets. */
export function laneWords(lane: LaneChoices): string {
  const ids: readonly LaneId[] = [...ownIds, ...lockedIds];
  const said = ids.flatMap((id) => {
    const value = lane[id];
    if (id === "policyId" || value === undefined) return [];
    return [`${firstSmall(settingRow(id).label)} ${writtenValue(settingRow(id), value)}`];
  });
  return [policyOf(policyIdOf(lane)).label, ...said].join(", ");
}

export function policyIdOf({ policyId }: LaneChoices): string {
  return policyId ?? settingTable.policyId.default;
}

/** The controls of every comparison: perfect memory, and chance. */
export const controlLanes: readonly { readonly lane: LaneChoices; readonly help: string }[] = [
  { lane: { policyId: "fullCache" }, help: "Evicts nothing: what the model does with everything it has read." },
  {
    lane: { policyId: "random" },
    help: "Evicts at random but keeps the prompt, if it fits: what any score must beat.",
  },
];

/** Own rows that change something under the lane's policy, and shared rows that do, beside the settings in force. */
export function rowsOfLane(
  lane: LaneChoices,
  settings: Partial<Settings> = {},
): {
  readonly own: readonly LaneId[];
  readonly locked: readonly LaneId[];
} {
  const uses = parametersOfRun(policyIdOf(lane), { ...settings, ...lane });
  const isUsed = (id: string): boolean => uses.some((name) => name === id);
  return { own: ownIds.filter(isUsed), locked: lockedIds.filter(isUsed) };
}

function firstSmall(label: string): string {
  return label[0].toLowerCase() + label.slice(1);
}
