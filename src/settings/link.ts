// The recipe in the address: "#v2&policy=snapkv&B=64" holds what differs from the defaults, nothing else.
// Everything in it is untrusted: a bad value falls back to its default and is listed, and nothing throws.
import { parseRowValue, formatRowValue } from "./rowValue";
import type { SettingValue } from "./settingRow";
import { defaultValue, settingsInForce, withoutDefaults } from "./inForce";
import { LINK_VERSION, upgradedLink } from "./linkUpgrades";
import { settingIds, settingRow, settingTable, type Choices, type SettingId } from "./settings";

/** Longer fragments are no links of ours: the longest text, percent-encoded, fits three times over. */
const MAX_FRAGMENT_LENGTH = 120_000;

export interface DecodedLink {
  readonly choices: Choices;
  /** Digest of the tokens that the sender's run gave, where the link tells. */
  readonly digest: string | null;
  /** What could not be used, in plain words; empty for a link that was. */
  readonly problems: readonly string[];
}

const idOfKey = new Map<string, SettingId>(settingIds.map((id) => [settingRow(id).key, id]));

/** Under this key stands the digest; it is no setting. */
const DIGEST_KEY = "digest";

/** The fragment for an address, without its "#"; empty when nothing differs from the defaults and no run is vouched for. */
export function encodeLink(choices: Choices, digest: string | null = null): string {
  const parameters = new URLSearchParams();
  const differing = withoutDefaults(choices);
  for (const id of settingIds) {
    const value = differing[id];
    if (value !== undefined) parameters.set(settingRow(id).key, formatRowValue(settingRow(id), value));
  }
  if (digest !== null) parameters.set(DIGEST_KEY, digest);
  const text = parameters.toString();
  return text === "" ? "" : `v${LINK_VERSION}&${text}`;
}

/** Reads a fragment, with or without its "#". */
export function decodeLink(fragment: string): DecodedLink {
  const text = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  if (text === "") return { choices: {}, digest: null, problems: [] };
  if (text.length > MAX_FRAGMENT_LENGTH) return refused("The link is longer than any link of this page.");
  const version = /^v(\d{1,6})(?:&|$)/.exec(text);
  if (version === null) return refused(`The link does not start with a version such as “v${LINK_VERSION}”.`);
  const number = Number(version[1]);
  if (number > LINK_VERSION) {
    return refused(`The link was made by a newer Winnow (link version ${number}; this page reads ${LINK_VERSION}).`);
  }
  if (number < 1) return refused(`Link version ${number} does not exist.`);
  return decodeParameters(upgradedLink(number, new URLSearchParams(text.slice(version[0].length))));
}

function refused(reason: string): DecodedLink {
  return { choices: {}, digest: null, problems: [`${reason} The defaults are used.`] };
}

function decodeParameters(parameters: URLSearchParams): DecodedLink {
  const problems: string[] = [];
  const read: Partial<Record<SettingId, SettingValue>> = {};
  const readValue = (id: SettingId, text: string, fallback: SettingValue): void => {
    const { value, complaint } = parseRowValue(settingRow(id), text, fallback);
    read[id] = value;
    if (complaint !== null) problems.push(complaint);
  };
  // The policy comes first: what the others fall back to depends on it.
  const policyText = parameters.get(settingTable.policyId.key);
  if (policyText !== null) readValue("policyId", policyText, settingTable.policyId.default);
  const policyId = String(read.policyId ?? settingTable.policyId.default);
  let digest: string | null = null;
  const seen = new Set<string>();
  for (const [key, text] of parameters) {
    const id = idOfKey.get(key);
    if (seen.has(key)) problems.push(`“${shortened(key)}” stands twice in the link; the first one is used.`);
    else if (key === DIGEST_KEY) digest = /^[0-9a-f]{16}$/.test(text) ? text : null;
    else if (id === undefined) problems.push(`“${shortened(key)}” is no setting of this page; it is ignored.`);
    else if (id !== "policyId") readValue(id, text, defaultValue(id, policyId));
    seen.add(key);
  }
  const choices = withoutDefaults(read as Choices);
  return { choices, digest, problems: [...problems, ...settingsInForce(choices).problems] };
}

function shortened(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 23)}…`;
}
