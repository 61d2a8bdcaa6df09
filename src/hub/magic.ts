// What a file is, by its first bytes: nothing else is believed about a file that a visitor brings or a server sends.

import { InputError } from "../lib/errors";

export type FileKind = "gguf" | "safetensors" | "json" | "text";

/** So many bytes are enough to tell. */
export const MAGIC_BYTES = 64;

/** Kinds of files that are something else, by how they begin. */
const strangers: readonly { readonly what: string; readonly begins: readonly number[] }[] = [
  { what: "a zip archive, such as a PyTorch checkpoint (.bin, .pt)", begins: [0x50, 0x4b, 0x03, 0x04] },
  { what: "a gzip archive", begins: [0x1f, 0x8b] },
  { what: "a Python pickle", begins: [0x80, 0x02] },
  { what: "a picture (PNG)", begins: [0x89, 0x50, 0x4e, 0x47] },
  { what: "a picture (JPEG)", begins: [0xff, 0xd8, 0xff] },
  { what: "a PDF document", begins: [0x25, 0x50, 0x44, 0x46] },
  { what: "a GGML file from before GGUF", begins: [0x6c, 0x6d, 0x67, 0x67] },
  { what: "a GGML file from before GGUF", begins: [0x74, 0x6a, 0x67, 0x67] },
];

/** A safetensors header is never longer. */
const MOST_HEADER_BYTES = 100 * 2 ** 20;

/** The kind of a file that begins with these bytes; null for one that is no part of a model. */
export function kindOf(head: Uint8Array): FileKind | null {
  if (beginsWith(head, [0x47, 0x47, 0x55, 0x46])) return "gguf";
  if (head.length >= 9 && head[8] === 0x7b) {
    const headerBytes = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
    if (headerBytes >= 2n && headerBytes <= BigInt(MOST_HEADER_BYTES)) return "safetensors";
  }
  const text = startOfText(head);
  if (text === null || text.startsWith("<")) return null;
  return text.startsWith("{") || text.startsWith("[") ? "json" : "text";
}

/** The kind that a name promises; null for a file that is no part of a model. */
export function kindByName(path: string): FileKind | null {
  if (/\.gguf$/i.test(path)) return "gguf";
  if (/\.safetensors$/i.test(path)) return "safetensors";
  if (/\.json$/i.test(path)) return "json";
  return /\.(jinja|txt)$/i.test(path) ? "text" : null;
}

/** Throws InputError where a file is not what its name promises. */
export function checkMagic(path: string, head: Uint8Array): void {
  const expected = kindByName(path);
  const found = kindOf(head);
  // A template may begin as a list or an object does, or with a tag.
  if (expected === "text" ? found !== "gguf" && found !== "safetensors" : found === expected) return;
  throw new InputError(
    `${path}: expected ${expected === null ? "a file of a model" : namesOfKinds[expected]}, found ${describeBytes(head)}; ` +
      "take the model’s .gguf file, or its folder of .safetensors and .json files",
  );
}

const namesOfKinds: Readonly<Record<FileKind, string>> = {
  gguf: "a GGUF file",
  safetensors: "a safetensors file",
  json: "JSON",
  text: "text",
};

/** What a file is that begins with these bytes, in words. */
export function describeBytes(head: Uint8Array): string {
  if (head.length === 0) return "an empty file";
  // First, as the beginning of some can be read as text.
  const stranger = strangers.find(({ begins }) => beginsWith(head, begins));
  if (stranger !== undefined) return stranger.what;
  const kind = kindOf(head);
  if (kind !== null) return namesOfKinds[kind];
  const text = startOfText(head);
  if (text !== null) return /^<(?:!doctype|html)/i.test(text) ? "a web page" : "a text that begins with “<”";
  const hex = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `an unknown kind of file (its first bytes are ${hex})`;
}

function beginsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return head.length >= bytes.length && bytes.every((byte, at) => head[at] === byte);
}

/** Null where the bytes are not text. A character may be cut off at their end. */
function startOfText(head: Uint8Array): string | null {
  if (head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true }).trimStart();
  } catch {
    return null;
  }
}
