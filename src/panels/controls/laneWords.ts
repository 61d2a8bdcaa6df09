// What the strip of lanes says: each lane in a few words, and which lanes are one click away.
import { checkpointsOf, shippedWords } from "../../settings/checkpoints";
import { parametersOfRun, policyOf } from "../../settings/inForce";
import { lockedIds, ownIds, withoutOwnDefaults, type LaneChoices, type LaneId } from "../../settings/lanes";
import { writtenValue } from "../../settings/settingRow";
import { settingRow, settingTable, type Settings } from "../../settings/settings";
import type { ModelWords } from "../../settings/shippedModels";

/** "G-KV · distilled, decay α 0": the policy, a checkpoint of the lane's own, and what else it sets. */
export function laneWords(lane: LaneChoices): string {
  const ids: readonly LaneId[] = [...ownIds, ...lockedIds];
  const said = ids.flatMap((id) => {
    const value = lane[id];
    if (id === "policyId" || id === "model" || value === undefined) return [];
    return [`${firstSmall(settingRow(id).label)} ${writtenValue(settingRow(id), value)}`];
  });
  const policy = policyOf(policyIdOf(lane)).label;
  return [lane.model === undefined ? policy : `${policy} · ${shippedWords(lane.model)}`, ...said].join(", ");
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

/** The run once more on its next checkpoint that no lane has; null where all have one. `lanes`: settings in force. [lane] */
export function checkpointLane(lanes: readonly Settings[], models: readonly ModelWords[]): LaneChoices | null {
  const [first] = lanes;
  const model = models.find(({ id }) => id === first.model);
  if (model === undefined) return null;
  const free = checkpointsOf(model, models).find(({ id }) => lanes.every((lane) => lane.model !== id));
  if (free === undefined) return null;
  const own = Object.fromEntries(ownIds.map((id) => [id, first[id]]));
  return withoutOwnDefaults({ ...own, model: free.id });
}

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
