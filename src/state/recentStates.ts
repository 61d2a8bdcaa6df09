// The last states of the page, stored in this browser so that the user can return to one: a link, a time and a title.
// `linkDifference` says what one of them would change. The storage is an argument: a browser may refuse it, run out of
// space, or hold something else under the name.
import * as v from "valibot";
import { MAX_FRAGMENT_LENGTH, decodeLink } from "../settings/link";
import { isUnusedByPolicy, settingsInForce } from "../settings/inForce";
import { choicesOfLane, MOST_LANES } from "../settings/lanes";
import { writtenValue } from "../settings/settingRow";
import { settingIds, settingRow, type Choices } from "../settings/settings";
import type { DecodedLink } from "../settings/linkContent";

export interface RecentState {
  /** Fragment in its readable form, as encodeLink writes it. */
  readonly link: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export type KeptTexts = Pick<Storage, "getItem" | "setItem">;

const STORAGE_KEY = "winnow.recentStates";
export const MOST_RECENT_STATES = 30;

const schema = v.array(
  v.object({
    link: v.pipe(v.string(), v.maxLength(MAX_FRAGMENT_LENGTH)),
    title: v.pipe(v.string(), v.maxLength(200)),
    atMs: v.pipe(v.number(), v.finite()),
  }),
);

/** Newest first; empty if nothing is stored or it cannot be read. `storage`: null if the browser has none. */
export function recentStates(storage: KeptTexts | null): readonly RecentState[] {
  try {
    const parsed = v.safeParse(schema, JSON.parse(storage?.getItem(STORAGE_KEY) ?? "[]"));
    return parsed.success ? parsed.output.slice(0, MOST_RECENT_STATES) : [];
  } catch {
    return [];
  }
}

/**
 * Puts a state first in the list; a link that was in the list moves there. False if the browser does not store it. If not
 * all fit, the oldest are dropped.
 */
export function rememberState(storage: KeptTexts | null, state: RecentState): boolean {
  if (storage === null) return false;
  const others = recentStates(storage).filter(({ link }) => link !== state.link);
  const kept = [{ ...state, title: state.title.slice(0, 200) }, ...others].slice(0, MOST_RECENT_STATES);
  for (let count = kept.length; count > 0; count = Math.floor(count / 2)) {
    try {
      storage.setItem(STORAGE_KEY, JSON.stringify(kept.slice(0, count)));
      return true;
    } catch {
      // Refused or full: fewer may fit.
    }
  }
  return false;
}

export interface DifferenceRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** How two links differ, setting by setting; both in readable form. Empty if they mean the same. */
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
        isUnusedByPolicy(id, settings.policyId, settings) ? "not used" : writtenValue(row, settings[id]);
      return { label: row.label, before: words(one), after: words(other) };
    });
}

/** The lane's policy and its own settings: "SnapKV, Budget B 64 slots". */
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
