// What two links say differently, setting by setting, for a look before one is put in the place of the other.
import { isUnusedByPolicy, settingsInForce } from "../settings/inForce";
import { choicesOfLane, MOST_LANES } from "../settings/lanes";
import { decodeLink } from "../settings/link";
import { writtenValue } from "../settings/rowValue";
import { settingIds, settingRow, type Choices } from "../settings/settings";
import type { DecodedLink } from "../settings/linkContent";

export interface DifferenceRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Two links in readable form, as the recent states hold them. Empty where they mean the same. */
export function linkDifference(before: string, after: string): readonly DifferenceRow[] {
  const [one, other] = [before, after].map((link) => decodeLink(link));
  const lanes = Array.from({ length: MOST_LANES - 1 }, (_, lane) => ({
    label: `Lane ${lane + 2}`,
    before: laneWords(one, lane),
    after: laneWords(other, lane),
  }));
  const tokens = { label: "Tokens of the lanes", before: tokensWords(one), after: tokensWords(other) };
  return [...choiceRows(one.choices, other.choices), ...lanes, tokens].filter((row) => row.before !== row.after);
}

function choiceRows(before: Choices, after: Choices): readonly DifferenceRow[] {
  const [one, other] = [before, after].map((choices) => settingsInForce(choices).settings);
  return settingIds
    .filter((id) => one[id] !== other[id])
    .map((id) => {
      const row = settingRow(id);
      const words = (settings: typeof one): string =>
        isUnusedByPolicy(id, settings.policyId) ? "not used" : writtenValue(row, settings[id]);
      return { label: row.label, before: words(one), after: words(other) };
    });
}

/** The lane's policy and what it says for itself: "SnapKV, Budget B 64 slots". */
function laneWords({ choices, comparison }: DecodedLink, lane: number): string {
  const own = comparison.others.at(lane);
  if (own === undefined) return "none";
  const { settings } = settingsInForce(choicesOfLane(choices, own));
  return settingIds
    .filter((id) => id === "policyId" || id in own)
    .map((id) => {
      const words = writtenValue(settingRow(id), settings[id]);
      return id === "policyId" ? words : `${settingRow(id).label} ${words}`;
    })
    .join(", ");
}

function tokensWords({ comparison }: DecodedLink): string {
  return comparison.isForced ? "those of the full cache" : "each lane its own";
}
