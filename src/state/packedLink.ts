// Long links squeezed: "v3z<length>.<data>" holds the parameters of a readable link, deflated, as base64url. The length
// that they unpack to is declared and limited, so that a hostile link costs no more than a long one.
import { errorMessage } from "../lib/errors";
import { decodeLink, encodeLink, MAX_FRAGMENT_LENGTH, bareFragment } from "../settings/link";
import { refusedLink, type DecodedLink, type LinkContent } from "../settings/linkContent";
import { decodeBase64Url, encodeBase64Url } from "../trace/proof/base64Url";
import { deflateRaw, inflateRaw } from "../trace/file/deflate";

/** Fragments up to this length stay readable. */
const READABLE_LENGTH = 300;

/** Whether a fragment is to be unpacked before it can be read. */
export function isPackedLink(fragment: string): boolean {
  return /^v\d{1,6}z/.test(bareFragment(fragment.slice(0, 200)));
}

/** The fragment in its shorter form; it stays readable where it is short, or where packing gains little. */
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
  // What comes behind the packed text, such as &utm_source=x, is nothing of ours.
  const [, version, length, text, stray] = packed;
  const parameterBytes = parseInt(length, 36);
  if (parameterBytes > MAX_FRAGMENT_LENGTH) return refusedLink("The link unpacks to more than any link of this page.");
  // What a newer version packs, and how, is for it to know.
  const plainVersion = decodeLink(`v${version}`);
  if (plainVersion.complaints.length > 0) return plainVersion;
  // The marks of emphasis, _ and -, are letters of the packed text too: it is tried with and without those at its end.
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
