// Links as they are shared: the address of an experiment, or of a moment in it, with a proof for each finished run on
// screen. A long fragment is packed: "v3z<length>.<data>" holds the parameters of a readable link, deflated, as base64url.
// It declares the length that it unpacks to, which is limited, so that a hostile link costs no more than a long one.
import { errorMessage } from "../lib/errors";
import { decodeLink, encodeLink, MAX_FRAGMENT_LENGTH, bareFragment } from "../settings/link";
import { refusedLink, type DecodedLink, type LessonPlace, type LinkContent, type Way } from "../settings/linkContent";
import { settingsOfLanes } from "../settings/lanes";
import { revisionText } from "../settings/linkRevision";
import { modelOf } from "../settings/shippedModels";
import { decodeBase64Url, encodeBase64Url } from "../trace/proof/base64Url";
import { deflateRaw, inflateRaw } from "../trace/file/deflate";
import type { Trace } from "../trace/trace";
import { linkProofOf, linkProofText, thinnedLinkProof, type LinkProof } from "./linkProof";
import { momentTexts, type Moment } from "./moment";

/** Fragments up to this length stay readable. */
const READABLE_LENGTH = 300;

/** Whether a fragment must be unpacked before it can be read. */
export function isPackedLink(fragment: string): boolean {
  return /^v\d{1,6}z/.test(bareFragment(fragment.slice(0, 200)));
}

/** The fragment in its shorter form; it stays readable if it is short or packing gains little. */
export async function shortLink(content: Partial<LinkContent>): Promise<string> {
  const plain = encodeLink(content);
  if (plain.length <= READABLE_LENGTH) return plain;
  const packed = await packedLink(plain);
  return packed.length < 0.9 * plain.length ? packed : plain;
}

/** A readable fragment in its packed form. */
export async function packedLink(plain: string): Promise<string> {
  const [version] = plain.split("&", 1);
  const parameters = new TextEncoder().encode(plain.slice(version.length + 1));
  const packed = encodeBase64Url(await deflateRaw(parameters));
  return `${version}z${parameters.length.toString(36)}.${packed}`;
}

/** Reads a fragment of either form, with or without its "#". Never rejects: what cannot be read is listed. */
export async function readLink(fragment: string): Promise<DecodedLink> {
  if (fragment.length > MAX_FRAGMENT_LENGTH) return decodeLink(fragment);
  const packed = /^v(\d{1,6})z([0-9a-z]{1,4})\.([\w-]*)(.?)/su.exec(bareFragment(fragment));
  if (packed === null) return decodeLink(fragment);
  // What follows the packed text, such as &utm_source=x, is not ours.
  const [, version, length, text, stray] = packed;
  const parameterBytes = parseInt(length, 36);
  if (parameterBytes > MAX_FRAGMENT_LENGTH) return refusedLink("The link unpacks to more than any link of this page.");
  // Only a newer version knows what it packs, and how.
  const plainVersion = decodeLink(`v${version}`);
  if (plainVersion.complaints.length > 0) return plainVersion;
  // Chat programs may add marks of emphasis (_ and -), which packed text uses too: try it with and without those at its end.
  const shorter = Array.from(/[-_]{1,3}$/.exec(text)?.[0] ?? "", (_, place) => text.slice(0, text.length - 1 - place));
  let fault = "";
  for (const each of [text, ...shorter]) {
    try {
      const parameters = await inflateRaw(decodeBase64Url(each), parameterBytes, "the link");
      return decodeLink(`v${version}&${new TextDecoder().decode(parameters)}`);
    } catch (error) {
      fault ||= errorMessage(error);
    }
  }
  const cause = stray === "" ? "" : `; it holds “${stray}”, which no packed link does`;
  return refusedLink(`The link is damaged or was cut off (${fault}${cause}).`);
}

/** Chat programs and mail cut addresses that are longer. */
export const MOST_LINK_CHARACTERS = 2000;
/** Of a link whose proof holds more tokens than fit in that. */
const MOST_FED_LINK_CHARACTERS = 8000;

export interface Shared extends Pick<LinkContent, "choices" | "comparison"> {
  /** The page's own address, without a fragment. */
  readonly page: string;
  /** Runs of these very settings, one per lane; empty if none is on screen. [lane] */
  readonly traces: readonly Trace[];
  /** Null for the experiment alone. */
  readonly moment: Moment | null;
  /** The view in which it opens. */
  readonly way: Way;
  /** The lesson that it was found in, if any. */
  readonly lesson?: LessonPlace;
}

export interface SharedLink {
  readonly address: string;
  /** The proofs cover some steps or events in groups, so that the address stays short. */
  readonly isThinned: boolean;
  /** Longer than MOST_LINK_CHARACTERS even so: a run file travels better. */
  readonly isLong: boolean;
}

export async function sharedLink(shared: Shared): Promise<SharedLink> {
  const { page, choices, comparison, traces, moment, way, lesson } = shared;
  const asked = settingsOfLanes(choices, comparison);
  const models = asked.map(({ settings }, lane) => traces.at(lane)?.header.model ?? modelOf(settings.model));
  const addressWith = async (proofs: readonly (LinkProof | null)[]): Promise<string> => {
    const fragment = await shortLink({
      choices,
      comparison,
      revision: revisionText(models),
      proofs: proofs.map((proof) => (proof === null ? "" : linkProofText(proof))),
      moment: moment === null ? {} : momentTexts(moment),
      way,
      lesson: lesson ?? null,
    });
    return `${page}#${fragment}`;
  };

  const proofs = traces.map((trace) => (isWhole(trace) ? linkProofOf(trace) : null));
  const short = await shortened(proofs, addressWith, MOST_LINK_CHARACTERS);
  // The tokens of a long run need more than that. The link then says all it can in a length that browsers and trackers take.
  const hasTokens = proofs.some((proof) => proof?.type === "fed");
  const isTooLong = short.address.length > MOST_LINK_CHARACTERS && hasTokens;
  const found = isTooLong ? await shortened(proofs, addressWith, MOST_FED_LINK_CHARACTERS) : short;
  return { ...found, isLong: found.address.length > MOST_LINK_CHARACTERS };
}

function isWhole({ end }: Trace): boolean {
  return end === "stopToken" || end === "length";
}

/** The address with the proofs thinned as far as it takes to stay within so many characters, or as far as they can be. */
async function shortened(
  whole: readonly (LinkProof | null)[],
  addressWith: (proofs: readonly (LinkProof | null)[]) => Promise<string>,
  mostCharacters: number,
): Promise<Pick<SharedLink, "address" | "isThinned">> {
  let proofs = whole;
  let address = await addressWith(proofs);
  while (address.length > mostCharacters) {
    const thinner = withLongestThinned(proofs);
    if (thinner === null) break;
    proofs = thinner;
    address = await addressWith(proofs);
  }
  return { address, isThinned: proofs !== whole };
}

/** The proofs with the longest of them thinned; null if none can be. */
function withLongestThinned(proofs: readonly (LinkProof | null)[]): readonly (LinkProof | null)[] | null {
  const thinner = proofs.map((proof) => (proof === null ? null : thinnedLinkProof(proof)));
  const lengthOf = (lane: number): number => {
    const proof = proofs[lane];
    return proof === null || thinner[lane] === null ? -1 : linkProofText(proof).length;
  };
  const longest = proofs.map((_, lane) => lane).sort((one, other) => lengthOf(other) - lengthOf(one))[0];
  if (longest === undefined || lengthOf(longest) < 0) return null;
  return proofs.map((proof, lane) => (lane === longest ? thinner[lane] : proof));
}
