// base64url (RFC 4648, section 5, without padding): bytes and small numbers as text that an address may hold as it is.
import { InputError } from "../../lib/errors";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const valueOf = new Map(Array.from(alphabet, (letter, value) => [letter, value]));

export function encodeBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const count = Math.min(3, bytes.length - at);
    const word = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += encodeLetters(word, 4).slice(0, count + 1);
  }
  return text;
}

/** Throws InputError for a text that no bytes give. */
export function decodeBase64Url(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  if (text.length % 4 === 1) throw new InputError("a text of base64url has a length that no bytes give; copy it whole");
  for (let at = 0; at < text.length; at += 4) {
    const word = decodeLetters(text.slice(at, at + 4).padEnd(4, "A"));
    if (word === null) throw new InputError("a text of base64url holds other letters; copy it again");
    for (let byte = 0; byte < 3; byte++) {
      const place = (at / 4) * 3 + byte;
      if (place < bytes.length) bytes[place] = (word >>> (16 - 8 * byte)) & 0xff;
    }
  }
  return bytes;
}

/** A number below 64 ** letterCount, highest letter first; exact up to 8 letters. */
export function encodeLetters(value: number, letterCount: number): string {
  let text = "";
  let rest = value;
  for (let place = 0; place < letterCount; place++) {
    text = alphabet[rest % 64] + text;
    rest = Math.floor(rest / 64);
  }
  return text;
}

/** Null if a letter is not in the alphabet. */
export function decodeLetters(text: string): number | null {
  let value = 0;
  for (const letter of text) {
    const digit = valueOf.get(letter);
    if (digit === undefined) return null;
    value = 64 * value + digit;
  }
  return value;
}
