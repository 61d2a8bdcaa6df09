// The lanes of a preset in words: what distinguishes each lane, and once, what they share.
import { laneWords, policyIdOf, rowsOfLane } from "../controls/laneWords";
import {
  choicesOfLane,
  isLaneId,
  lockedIds,
  settingsOfLanes,
  type LaneChoices,
  type LaneId,
} from "../../settings/lanes";
import { decodeLink } from "../../settings/link";
import { writtenValue } from "../../settings/settingRow";
import { settingRow, type Settings } from "../../settings/settings";

export interface CardLanes {
  /** "SnapKV", "G-KV, decay α 0": [lane] */
  readonly names: readonly string[];
  /** "diary-5x18-900078, 155 slots, window 16 tokens" */
  readonly shared: string;
}

export function cardLanes(fragment: string): CardLanes {
  const { choices, comparison } = decodeLink(fragment);
  const inForce = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  // The run's own choices for rows that lanes share are listed once, below.
  const ownOfFirst = idsOf(choices).filter((id) => !isLocked(id));
  const said = new Set([...ownOfFirst, ...comparison.others.flatMap(idsOf)]);
  const otherChoices = comparison.others.map((lane) => choicesOfLane(choices, lane));
  const names = [choices, ...otherChoices].map((lane, place) => laneWords(saidOf(lane, inForce[place], said)));
  const [first] = inForce;
  const shared = (["budgetSlots", "budgetBytes", "windowSlots"] as const).flatMap((id) => {
    // A policy that does not use a row has a value of its own there; take it from one that does.
    const using = inForce.find((settings) => rowsOfLane({ policyId: settings.policyId }, settings).locked.includes(id));
    if (using === undefined || said.has(id)) return [];
    return [`${settingRow(id).label} = ${writtenValue(settingRow(id), using[id])}`];
  });
  return { names, shared: [first.problem, ...shared].join(" · ") };
}

/** The lane's values in force for every row that some lane names and its policy uses. */
function saidOf(lane: LaneChoices, settings: Settings, said: ReadonlySet<LaneId>): LaneChoices {
  const policyId = policyIdOf(lane);
  const { own, locked } = rowsOfLane({ policyId }, settings);
  const ids = [...own, "model" as const, ...locked].filter((id) => said.has(id));
  return { ...Object.fromEntries(ids.map((id) => [id, settings[id]])), policyId };
}

function idsOf(lane: object): LaneId[] {
  return (Object.keys(lane) as (keyof Settings)[]).filter(isLaneId).filter((id) => id !== "policyId");
}

function isLocked(id: LaneId): boolean {
  return lockedIds.some((locked) => locked === id);
}
