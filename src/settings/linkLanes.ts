// A lane in a link: "lane=policy:snapKv,B:64,keep:3-9,12" holds what the lane has for itself, under the keys of the settings.
import { shortened } from "../lib/shortened";
import { formatRowValue, parseRowValue, type SettingValue } from "./settingRow";
import { settingsInForce } from "./inForce";
import { choicesOfLane, isLaneId, lockedIds, withoutOwnDefaults, type LaneChoices } from "./lanes";
import { settingIds, settingRow, settingTable, type Choices, type SettingId } from "./settings";
import { idOfKey } from "./linkContent";

export interface ParsedLane {
  readonly lane: LaneChoices;
  /** What could not be used, in plain words. */
  readonly complaints: readonly string[];
}

export function laneText(lane: LaneChoices): string {
  const said: Choices = withoutOwnDefaults(lane);
  return settingIds
    .flatMap((id) => {
      const value = said[id];
      return value === undefined ? [] : [`${settingRow(id).key}:${formatRowValue(settingRow(id), value)}`];
    })
    .join(",");
}

/** Reads what laneText wrote, and anything else. `first`: the choices of the first lane. */
export function parseLane(text: string, first: Choices): ParsedLane {
  const complaints: string[] = [];
  const said = new Map<SettingId, string>();
  let spansId: SettingId | undefined;
  for (const part of text.split(",")) {
    // The comma also parts spans: what names no key belongs to the spans before it.
    if (spansId !== undefined && !part.includes(":")) {
      said.set(spansId, `${said.get(spansId) ?? ""},${part}`);
      continue;
    }
    const [key, value] = splitAtColon(part);
    const id = idOfKey.get(key);
    spansId = id === "keptSpans" && !said.has(id) ? id : undefined;
    if (id === undefined) complaints.push(`“${shortened(key)}” isn’t a setting of this page; it is ignored.`);
    else if (!isLaneId(id)) complaints.push(`${settingRow(id).label} is the same for all lanes; it is ignored here.`);
    else if (said.has(id)) complaints.push(`“${key}” is given twice; the first one is used.`);
    else said.set(id, value);
  }
  const read: Partial<Record<SettingId, SettingValue>> = {};
  const readValue = (id: SettingId, fallback: SettingValue): void => {
    const value = said.get(id);
    if (value === undefined) return;
    const checked = parseRowValue(settingRow(id), value, fallback);
    if (checked.complaint !== null) complaints.push(checked.complaint);
    // A shared row that cannot be read stays shared.
    const isLost = checked.complaint !== null && checked.value === fallback && isShared(id);
    if (!isLost) read[id] = checked.value;
  };
  readValue("policyId", settingTable.policyId.default);
  const policyId = read.policyId ?? settingTable.policyId.default;
  const { settings } = settingsInForce(choicesOfLane(first, { policyId } as LaneChoices));
  for (const id of said.keys()) if (id !== "policyId") readValue(id, settings[id]);
  const lane = withoutOwnDefaults(read as LaneChoices);
  return { lane, complaints: [...complaints, ...settingsInForce(choicesOfLane(first, lane)).complaints] };
}

function isShared(id: SettingId): boolean {
  return lockedIds.some((locked) => locked === id);
}

function splitAtColon(part: string): readonly [string, string] {
  const colon = part.indexOf(":");
  return colon < 0 ? [part, ""] : [part.slice(0, colon), part.slice(colon + 1)];
}
