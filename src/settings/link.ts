// An experiment in the address: "#v3&policy=snapKv&B=64&lane=policy:gkv" holds what differs from the defaults, nothing
// else. Everything in it is untrusted: a bad value falls back to its default and is listed, and nothing throws.
// This is the readable form; state/packedLink.ts squeezes long ones.
import { formatRowValue } from "./rowValue";
import { withoutDefaults } from "./inForce";
import { emptyLink, refusedLink, type DecodedLink, type LinkContent } from "./linkContent";
import * as keys from "./linkKeys";
import { laneText } from "./linkLanes";
import { decodeParameters } from "./linkParameters";
import { LINK_VERSION, upgradedLink } from "./linkUpgrades";
import { settingIds, settingRow } from "./settings";

/** Longer fragments are no links of ours: the longest text, percent-encoded, fits three times over. */
export const MAX_FRAGMENT_LENGTH = 120_000;

/** The fragment for an address, without its "#"; empty when there is nothing to say. */
export function encodeLink(content: Partial<LinkContent>): string {
  const { choices, comparison, revision, proofs, moment } = { ...emptyLink, ...content };
  const differing = withoutDefaults(choices);
  const parts: string[] = [];
  const write = (key: string, value: string): number => parts.push(new URLSearchParams([[key, value]]).toString());
  // Colons and commas may stand in a fragment as they are.
  const writeReadable = (key: string, value: string): number =>
    parts.push(new URLSearchParams([[key, value]]).toString().replaceAll("%3A", ":").replaceAll("%2C", ","));

  for (const id of settingIds) {
    const value = differing[id];
    if (value !== undefined) write(settingRow(id).key, formatRowValue(settingRow(id), value));
  }
  for (const lane of comparison.others) writeReadable(keys.LANE_KEY, laneText(lane));
  if (comparison.isForced) write(keys.TOKENS_KEY, keys.FORCED_TOKENS);
  if (revision !== null) write(keys.REVISION_KEY, revision);
  const proofCount = proofs.findLastIndex((proof) => proof !== "") + 1;
  for (const proof of proofs.slice(0, proofCount)) write(keys.PROOF_KEY, proof);
  for (const key of keys.momentKeys) {
    const text = moment[key];
    if (text !== undefined && text !== "") writeReadable(key, text);
  }
  return parts.length === 0 ? "" : `v${LINK_VERSION}&${parts.join("&")}`;
}

/** Reads a fragment in its readable form, with or without its "#". */
export function decodeLink(fragment: string): DecodedLink {
  // Nothing longer is cleaned either.
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

/** White space that no link writes as it is, nor without a width: mail programs wrap lines, chat programs mark places. */
const invisible = /[\s\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]/g;
/** What a browser makes of such characters, and of brackets and quotes, where they stand at the end of an address. */
const strayEscapes = /(?:%20|%09|%0A|%0D|%22|%3C|%3E|%60|%C2%A0|%C2%AD|%E2%80[%0-9A-F]{3}|%E2%81%A0|%EF%BB%BF)+$/i;

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
  if (takesAnyText(lastKey)) return text.replace(/[^\w*\-.%+&=:,]+$/, "");
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(strayEscapes, "").replace(/[^\w\-%+&=]+$/, "");
  }
  return text;
}

function takesAnyText(key: string): boolean {
  const id = keys.idOfKey.get(key);
  if (id !== undefined) return settingRow(id).type === "text";
  return keys.momentKeys.some((momentKey) => momentKey === key);
}
