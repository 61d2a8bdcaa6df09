// An experiment in the address: "#v4&policy=snapKv&B=64&lane=policy:gkv" holds what differs from the defaults, nothing
// else. Everything in it is untrusted: a bad value falls back to its default and is listed, and nothing throws.
// This is the readable form; state/sharedLink.ts packs long ones.
import { shortened } from "../lib/shortened";
import { formatRowValue, parseRowValue, type SettingValue } from "./settingRow";
import { withoutDefaults, defaultValue } from "./inForce";
import {
  emptyLink,
  refusedLink,
  DECK_KEY,
  FORCED_TOKENS,
  LANE_KEY,
  LESSON_KEY,
  PROOF_KEY,
  REVISION_KEY,
  TOKENS_KEY,
  VIEW_KEY,
  idOfKey,
  lessonText,
  longestValues,
  momentKeys,
  parseLessonPlace,
  streamKeys,
  ways,
  type DecodedLink,
  type LessonPlace,
  type LinkContent,
  type StreamTexts,
  type Way,
} from "./linkContent";
import { laneText, parseLane } from "./linkLanes";
import { LINK_VERSION, upgradedLink } from "./linkUpgrades";
import { settingIds, settingRow, settingTable, type Choices, type SettingId } from "./settings";
import { MOST_LANES, settingsOfLanes } from "./lanes";
import { parseRevision } from "./linkRevision";

/** Longer fragments aren't links of ours: the longest text, percent-encoded, fits three times over. */
export const MAX_FRAGMENT_LENGTH = 120_000;

/** The fragment for an address, without its "#"; empty when there is nothing to say. */
export function encodeLink(content: Partial<LinkContent>): string {
  const { choices, comparison, revision, proofs, moment, deck, stream, way, lesson } = { ...emptyLink, ...content };
  const differing = withoutDefaults(choices);
  const parts: string[] = [];
  const write = (key: string, value: string): number => parts.push(new URLSearchParams([[key, value]]).toString());
  // Colons and commas may stand in a fragment as they are.
  const writeReadable = (key: string, value: string): number =>
    parts.push(new URLSearchParams([[key, value]]).toString().replaceAll("%3A", ":").replaceAll("%2C", ","));

  if (way !== null) write(VIEW_KEY, way);
  if (lesson !== null) writeReadable(LESSON_KEY, lessonText(lesson));
  for (const id of settingIds) {
    const value = differing[id];
    if (value !== undefined) write(settingRow(id).key, formatRowValue(settingRow(id), value));
  }
  for (const lane of comparison.others) writeReadable(LANE_KEY, laneText(lane));
  if (comparison.isForced) write(TOKENS_KEY, FORCED_TOKENS);
  if (revision !== null) writeReadable(REVISION_KEY, revision);
  const proofCount = proofs.findLastIndex((proof) => proof !== "") + 1;
  for (const proof of proofs.slice(0, proofCount)) write(PROOF_KEY, proof);
  for (const key of momentKeys) {
    const text = moment[key];
    if (text !== undefined && text !== "") writeReadable(key, text);
  }
  if (deck !== "") writeReadable(DECK_KEY, deck);
  // In Watch a stream is shown only if the link names one.
  if (stream !== null && (way === "watch" || saysSomething(stream))) {
    writeReadable(streamKeys.stream, stream.stream);
    // One lane without choices of its own goes without saying.
    if (stream.lanes.length > 1 || stream.lanes[0] !== "")
      for (const lane of stream.lanes) writeReadable(streamKeys.lane, lane);
    for (const proof of stream.proofs) write(streamKeys.proof, proof);
    if (stream.at !== "") writeReadable(streamKeys.at, stream.at);
  }
  return parts.length === 0 ? "" : `v${LINK_VERSION}&${parts.join("&")}`;
}

/** Reads a fragment in its readable form, with or without its "#". */
export function decodeLink(fragment: string): DecodedLink {
  // A link with stray characters may be somewhat longer; anything beyond is refused as it is.
  const text = fragment.length > 2 * MAX_FRAGMENT_LENGTH ? fragment : bareFragment(fragment);
  if (text === "") return { ...emptyLink, complaints: [] };
  if (text.length > MAX_FRAGMENT_LENGTH) return refusedLink("The link is longer than any link of this page.");
  const version = /^v(\d{1,6})(z|&|$)/.exec(text);
  if (version === null) return refusedLink(`The link does not start with a version such as “v${LINK_VERSION}”.`);
  const number = Number(version[1]);
  if (number > LINK_VERSION) {
    return refusedLink(
      `The link was made by a newer Winnow (link version ${number}; this page reads ${LINK_VERSION}).`,
    );
  }
  if (number < 1) return refusedLink(`Link version ${number} does not exist.`);
  if (version[2] === "z") return refusedLink("The link is packed, and it could not be unpacked here.");
  return decodeParameters(upgradedLink(number, new URLSearchParams(text.slice(version[0].length))));
}

/** White space and characters without a width: mail programs wrap lines, chat programs mark places. Links escape them. */
const invisible = /[\s\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]/g;
/** One of these at the end of an address, or what a browser makes of one: white space, brackets, quotes, full stops. */
const strayEnd =
  /(?:%20|%09|%0A|%0D|%22|%3C|%3E|%60|%C2%A0|%C2%AD|%E2%80[%0-9A-F]{3}|%E2%81%A0|%EF%BB%BF|[^\w\-%+&=])$/i;
/** The same at the end of a text, which may itself end in an escape. */
const strayTextEnd = /[^\w*\-.%+&=:,]$/;
const LONGEST_STRAY = "%E2%80%8B".length;

/**
 * A fragment without its "#" and without what mail and chat programs put around and into links: brackets, quotes, full
 * stops, line breaks, percent-encoding of the whole. None of that is ever written by encodeLink.
 */
export function bareFragment(fragment: string): string {
  // A line of a quoted answer, and the soft line break of mail, before the white space goes.
  let text = fragment.replaceAll(/\r?\n>+ ?|=\r?\n/g, "").replaceAll(invisible, "");
  for (
    let times = 0;
    times < 3 && /^[^a-z]*v\d{1,6}(?:z[0-9a-z]{1,4}%(?:25)*2e|%(?:25)*26)|^%(?:25)*23/i.test(text);
    times++
  ) {
    try {
      text = decodeURIComponent(text).replaceAll(invisible, "");
    } catch {
      break;
    }
  }
  text = text.replace(/^[^a-z]*?(?=v\d{1,6}(?:z[0-9a-z]{1,4}\.|&|$))/i, "").replace(/^#/, "");
  // As a page shows an ampersand in its source.
  if (/^v\d{1,6}&amp;/.test(text)) text = text.replaceAll("&amp;", "&");
  // A text may end in any character; numbers, choices, lanes and proofs do not.
  const lastKey = /&(\w+)=[^&]*$/.exec(text)?.[1] ?? "";
  return withoutEnd(text, takesAnyText(lastKey) ? strayTextEnd : strayEnd);
}

/** A text without all that the pattern finds at its end, one piece at a time: over a whole long text it would take seconds. */
function withoutEnd(text: string, stray: RegExp): string {
  let end = text.length;
  for (;;) {
    const found = stray.exec(text.slice(Math.max(0, end - LONGEST_STRAY), end));
    if (found === null) return text.slice(0, end);
    end -= found[0].length;
  }
}

function takesAnyText(key: string): boolean {
  const id = idOfKey.get(key);
  if (id !== undefined) return settingRow(id).type === "text";
  return key === DECK_KEY || momentKeys.some((momentKey) => momentKey === key);
}

/** A proof ends in a letter, a digit, _ or -: whatever follows was added to the link on its way. */
function withoutStrayEnd(proof: string): string {
  return proof.replace(/[^\w-]+$/, "");
}

/** More complaints than these are counted, not listed. */
const MOST_COMPLAINTS = 12;

/** From the parameters of a link of the present version to what it says; the list of complaints is kept short. */
function decodeParameters(parameters: URLSearchParams): DecodedLink {
  const complaints: string[] = [];
  const seen = new Set<string>();
  const texts = new Map<SettingId, string>();
  const proofKeys: readonly string[] = [PROOF_KEY, streamKeys.proof];
  const repeated: Record<string, string[]> = Object.fromEntries(
    [LANE_KEY, streamKeys.lane, ...proofKeys].map((key) => [key, []]),
  );
  const single: Partial<Record<string, string>> = {};
  for (const [key, text] of parameters) {
    const id = idOfKey.get(key);
    const longest = Object.hasOwn(longestValues, key) ? longestValues[key] : null;
    if (id === undefined && longest === null) {
      if (!seen.has(key)) complaints.push(`“${shortened(key)}” isn’t a setting of this page; it is ignored.`);
    } else if (longest !== null && text.length > longest) {
      complaints.push(`“${key}” is longer than any of this page’s links writes it; it is ignored.`);
    } else if (Object.hasOwn(repeated, key)) repeated[key].push(proofKeys.includes(key) ? withoutStrayEnd(text) : text);
    else if (seen.has(key)) complaints.push(`“${key}” is given twice in the link; the first one is used.`);
    else if (id !== undefined) texts.set(id, text);
    else single[key] = text;
    seen.add(key);
  }

  const first = decodeChoices(texts);
  const lanes = repeated[LANE_KEY].slice(0, MOST_LANES - 1).map((text) => parseLane(text, first.choices));
  const comparison = {
    others: lanes.map(({ lane }) => lane),
    isForced: single[TOKENS_KEY] === FORCED_TOKENS,
  };
  const inForce = settingsOfLanes(first.choices, comparison);
  const modelIds = inForce.map(({ settings }) => settings.model);
  const { revision, complaints: ofWeights } = parseRevision(single[REVISION_KEY], modelIds);
  const view = decodeView(single[VIEW_KEY]);
  const lesson = decodeLesson(single[LESSON_KEY]);
  const moment = Object.fromEntries(momentKeys.flatMap((key) => (single[key] ? [[key, single[key]]] : [])));
  return {
    choices: first.choices,
    comparison,
    revision,
    proofs: repeated[PROOF_KEY].slice(0, MOST_LANES),
    moment,
    deck: single[DECK_KEY] ?? "",
    stream: decodeStream(single, repeated),
    way: view.way,
    lesson: lesson.lesson,
    complaints: shortList([
      ...view.complaints,
      ...lesson.complaints,
      ...first.complaints,
      ...complaints,
      ...inForce[0].complaints,
      ...lanes.flatMap((lane, place) => lane.complaints.map((text) => `Lane ${place + 2}: ${text}`)),
      ...tooManyLanes(1 + repeated[LANE_KEY].length),
      ...tooManyLanes(repeated[streamKeys.lane].length),
      ...tokenComplaints(single[TOKENS_KEY]),
      ...ofWeights,
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

/** Not the stream that the view begins with. */
function saysSomething({ stream, lanes, proofs, at }: StreamTexts): boolean {
  return [stream, ...lanes, ...proofs, at].some((text) => text !== "") || lanes.length > 1;
}

/** Its parts; streamLink.ts reads them. */
function decodeStream(
  single: Partial<Record<string, string>>,
  repeated: Readonly<Record<string, readonly string[]>>,
): StreamTexts | null {
  const lanes = repeated[streamKeys.lane].slice(0, MOST_LANES);
  const proofs = repeated[streamKeys.proof].slice(0, MOST_LANES);
  const [stream, at] = [single[streamKeys.stream], single[streamKeys.at]];
  if (stream === undefined && at === undefined && lanes.length + proofs.length === 0) return null;
  return { stream: stream ?? "", lanes, proofs, at: at ?? "" };
}

function decodeView(text: string | undefined): { way: Way | null; complaints: readonly string[] } {
  const way = ways.find((known) => known === text) ?? null;
  if (way !== null || text === undefined) return { way, complaints: [] };
  return { way, complaints: [`There is no view “${shortened(text)}”, only ${ways.join(", ")}; it is ignored.`] };
}

function decodeLesson(text: string | undefined): { lesson: LessonPlace | null; complaints: readonly string[] } {
  const lesson = text === undefined ? null : parseLessonPlace(text);
  if (lesson !== null || text === undefined) return { lesson, complaints: [] };
  const expected = "a lesson’s number or id, with its part if you like, such as 3 or why-a-cache:2";
  return { lesson, complaints: [`lesson: “${shortened(text)}” isn’t ${expected}; it is ignored.`] };
}

function tooManyLanes(laneCount: number): readonly string[] {
  if (laneCount <= MOST_LANES) return [];
  return [`The link has ${laneCount} lanes; the first ${MOST_LANES} are used, which is the most there can be.`];
}

function tokenComplaints(tokens: string | undefined): readonly string[] {
  if (tokens === undefined || tokens === FORCED_TOKENS) return [];
  return [`Tokens of the lanes: “${shortened(tokens)}” is not “${FORCED_TOKENS}”; each lane takes its own.`];
}

function shortList(complaints: readonly string[]): readonly string[] {
  const distinct = [...new Set(complaints)];
  if (distinct.length <= MOST_COMPLAINTS) return distinct;
  const listed = distinct.slice(0, MOST_COMPLAINTS - 1);
  return [...listed, `${distinct.length - listed.length} more parts of the link could not be used.`];
}
