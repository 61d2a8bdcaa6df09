// From the parameters of a link of the present version to what it says: each is checked alone, what cannot be used is
// listed in plain words, and the list is kept short.
import { parseRowValue } from "./rowValue";
import type { SettingValue } from "./settingRow";
import { defaultValue, settingsInForce, withoutDefaults } from "./inForce";
import { MOST_LANES } from "./lanes";
import type { DecodedLink } from "./linkContent";
import * as keys from "./linkKeys";
import { parseLane } from "./linkLanes";
import { revisionOf, shippedModels } from "./shippedModels";
import { settingRow, settingTable, type Choices, type SettingId } from "./settings";

/** More complaints than these are counted, not listed. */
const MOST_PROBLEMS = 12;

export function decodeParameters(parameters: URLSearchParams): DecodedLink {
  const complaints: string[] = [];
  const seen = new Set<string>();
  const texts = new Map<SettingId, string>();
  const repeated: Record<string, string[]> = { [keys.LANE_KEY]: [], [keys.PROOF_KEY]: [] };
  const single: Partial<Record<string, string>> = {};
  for (const [key, text] of parameters) {
    const id = keys.idOfKey.get(key);
    const longest = Object.hasOwn(keys.longestValues, key) ? keys.longestValues[key] : null;
    if (id === undefined && longest === null) {
      if (!seen.has(key)) complaints.push(`“${keys.shortened(key)}” is no setting of this page; it is ignored.`);
    } else if (longest !== null && text.length > longest) {
      complaints.push(`“${key}” is longer than any of this page's links writes it; it is ignored.`);
    } else if (Object.hasOwn(repeated, key)) repeated[key].push(text);
    else if (seen.has(key)) complaints.push(`“${key}” stands twice in the link; the first one is used.`);
    else if (id !== undefined) texts.set(id, text);
    else single[key] = text;
    seen.add(key);
  }

  const first = decodeChoices(texts);
  const lanes = repeated[keys.LANE_KEY].slice(0, MOST_LANES - 1).map((text) => parseLane(text, first.choices));
  const comparison = {
    others: lanes.map(({ lane }) => lane),
    isForced: single[keys.TOKENS_KEY] === keys.FORCED_TOKENS,
  };
  const { revision, complaint } = decodeRevision(single[keys.REVISION_KEY], first.choices);
  const moment = Object.fromEntries(keys.momentKeys.flatMap((key) => (single[key] ? [[key, single[key]]] : [])));
  return {
    choices: first.choices,
    comparison,
    revision,
    proofs: repeated[keys.PROOF_KEY].slice(0, MOST_LANES),
    moment,
    complaints: shortList([
      ...first.complaints,
      ...complaints,
      ...settingsInForce(first.choices).complaints,
      ...lanes.flatMap((lane, place) => lane.complaints.map((text) => `Lane ${place + 2}: ${text}`)),
      ...laneComplaints(repeated[keys.LANE_KEY].length, single[keys.TOKENS_KEY]),
      ...(complaint === null ? [] : [complaint]),
    ]),
  };
}

function decodeChoices(texts: ReadonlyMap<SettingId, string>): { choices: Choices; complaints: readonly string[] } {
  const complaints: string[] = [];
  const read: Partial<Record<SettingId, SettingValue>> = {};
  const readValue = (id: SettingId, text: string, fallback: SettingValue): void => {
    const { value, complaint } = parseRowValue(settingRow(id), text, fallback);
    read[id] = value;
    if (complaint !== null) complaints.push(complaint);
  };
  // The policy comes first: what the others fall back to depends on it.
  const policyText = texts.get("policyId");
  if (policyText !== undefined) readValue("policyId", policyText, settingTable.policyId.default);
  const policyId = String(read.policyId ?? settingTable.policyId.default);
  for (const [id, text] of texts) if (id !== "policyId") readValue(id, text, defaultValue(id, policyId));
  return { choices: withoutDefaults(read as Choices), complaints };
}

function laneComplaints(laneCount: number, tokens: string | undefined): readonly string[] {
  return [
    ...(laneCount >= MOST_LANES
      ? [`The link has ${laneCount + 1} lanes; the first ${MOST_LANES} are used, which is the most there can be.`]
      : []),
    ...(tokens !== undefined && tokens !== keys.FORCED_TOKENS
      ? [`Tokens of the lanes: “${keys.shortened(tokens)}” is not “${keys.FORCED_TOKENS}”; each lane takes its own.`]
      : []),
  ];
}

function decodeRevision(
  text: string | undefined,
  choices: Choices,
): { revision: string | null; complaint: string | null } {
  if (text === undefined) return { revision: null, complaint: null };
  if (!/^[0-9a-f]{8}$/.test(text)) {
    const complaint = `The model's revision in the link, “${keys.shortened(text)}”, is not 8 hexadecimal digits; it is ignored.`;
    return { revision: null, complaint };
  }
  const modelId = choices.model ?? settingTable.model.default;
  const model = shippedModels.find(({ id }) => id === modelId) ?? shippedModels[0];
  if (revisionOf(model) === text) return { revision: text, complaint: null };
  const complaint =
    `The link was made with other weights of ${model.label} (revision ${text}; this page has ${revisionOf(model)}): ` +
    "its run may come out differently here.";
  return { revision: text, complaint };
}

function shortList(complaints: readonly string[]): readonly string[] {
  const distinct = [...new Set(complaints)];
  if (distinct.length <= MOST_PROBLEMS) return distinct;
  const listed = distinct.slice(0, MOST_PROBLEMS - 1);
  return [...listed, `${distinct.length - listed.length} more parts of the link could not be used.`];
}
