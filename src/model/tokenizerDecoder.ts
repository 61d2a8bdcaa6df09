// From tokens back to text: the decoders of tokenizer.json as the tokenizers library runs them, and the text of tokens one
// by one. A character may span several tokens; until it is whole its bytes are held back.

import type { Fields } from "./fields";
import { fieldError, wholeNumberField } from "./fields";
import { bytesOfLetters, partList, partType, replacement, textField } from "./tokenizerParts";

/** Texts of the tokens of a sequence, joined. */
export type DecodeTokens = (tokens: readonly string[]) => string;

export interface Decoder {
  readonly decode: DecodeTokens;
  /** The bytes of a token that may be a part of a character; null for one that is text. */
  readonly tokenBytes: (token: string) => Uint8Array | null;
}

/** Decodes token by token; joined, the texts are that of the sequence. */
export interface TextStream {
  /** The characters that this token completes: none while one is incomplete. */
  next(token: number): string;
  /** The same for a token that might come next, or its bytes (⟨F0 9F⟩) if it completes none. */
  peek(token: number): string;
  /** What was held back and never completed. */
  rest(): string;
}

type Step = (tokens: string[]) => string[];

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/;
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

export function readDecoder(value: unknown, file: string): Decoder {
  if (value === null || value === undefined) return { decode: (tokens) => tokens.join(" "), tokenBytes: () => null };
  const parts = partList(value, `${file}: decoder`, "decoders");
  const types = parts.map((part) => partType(part, decoderKeys));
  const steps = parts.map((part, place) => readStep(part, types[place]));
  return {
    decode: (tokens) => steps.reduce((texts, step) => step(texts), [...tokens]).join(""),
    tokenBytes: (token) => {
      if (types.includes("ByteLevel")) return bytesOfLetters(token);
      const byte = types.includes("ByteFallback") ? byteToken.exec(token) : null;
      return byte && Uint8Array.of(parseInt(byte[1], 16));
    },
  };
}

const decoderKeys = {
  ByteFallback: [],
  ByteLevel: ["add_prefix_space", "trim_offsets", "use_regex"],
  Fuse: [],
  Metaspace: ["replacement", "prepend_scheme", "split", "str_rep", "add_prefix_space"],
  Replace: ["pattern", "content"],
  Strip: ["content", "start", "stop"],
};

function readStep(part: Fields, type: string): Step {
  switch (type) {
    case "ByteFallback":
      return joinBytes;
    case "ByteLevel":
      return (tokens) => [lossy.decode(Uint8Array.from(tokens.flatMap((token) => [...bytesOfLetters(token)])))];
    case "Fuse":
      return (tokens) => [tokens.join("")];
    case "Metaspace": {
      const mark = textField(part, "replacement");
      const isPrepended =
        part.values.get("prepend_scheme") !== "never" && part.values.get("add_prefix_space") !== false;
      return (tokens) => tokens.map((token, place) => token.replaceAll(mark, place === 0 && isPrepended ? "" : " "));
    }
    case "Replace": {
      const [from, to] = replacement(part);
      return (tokens) => tokens.map((token) => token.replaceAll(from, () => to));
    }
    default: {
      const content = part.values.get("content");
      if (typeof content !== "string" || Array.from(content).length !== 1)
        throw fieldError(part, "content", "one character");
      const most = { low: 0, high: 1000 };
      const start = wholeNumberField(part, "start", most);
      const stop = wholeNumberField(part, "stop", most);
      return (tokens) => tokens.map((token) => stripped(Array.from(token), content, { start, stop }));
    }
  }
}

/** Runs of byte tokens become text; if a run isn't valid UTF-8, each of its bytes becomes U+FFFD. */
function joinBytes(tokens: string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      texts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      texts.push(...bytes.map(() => "\ufffd"));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = byteToken.exec(token);
    if (byte !== null) bytes.push(parseInt(byte[1], 16));
    else {
      flush();
      texts.push(token);
    }
  }
  flush();
  return texts;
}

function stripped(characters: string[], content: string, { start, stop }: { start: number; stop: number }): string {
  let from = 0;
  while (from < start && characters[from] === content) from++;
  let to = characters.length;
  while (to > characters.length - stop && characters[to - 1] === content) to--;
  return characters.slice(from, Math.max(from, to)).join("");
}

/** Whole characters, and the bytes left over that begin another one. */
export function createTextStream(bytesOf: (token: number) => Uint8Array): TextStream {
  let held = new Uint8Array();
  const read = (token: number): { text: string; rest: Uint8Array<ArrayBuffer> } => {
    const bytes = Uint8Array.of(...held, ...bytesOf(token));
    const whole = bytes.length - incompleteBytes(bytes);
    return { text: lossy.decode(bytes.subarray(0, whole)), rest: bytes.slice(whole) };
  };
  return {
    next(token) {
      const { text, rest } = read(token);
      held = rest;
      return text;
    },
    peek: (token) => read(token).text || hexBytes(bytesOf(token)),
    rest: () => lossy.decode(held),
  };
}

/** A token by itself: its text, or its bytes if they are not whole characters. */
export function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return hexBytes(bytes);
  }
}

function hexBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  return `⟨${Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")}⟩`;
}

/** How many bytes at the end begin a character that is not whole yet. */
function incompleteBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const lead = bytes[bytes.length - count];
    if (lead < 0x80) return 0;
    if (lead < 0xc0) continue; // in the middle of a character
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return decoder.decode(bytes.subarray(bytes.length - count), { stream: true }) === "" ? count : 0;
    } catch {
      return 0;
    }
  }
  return 0;
}
