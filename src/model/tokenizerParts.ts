// The steps from text to the pieces that a tokenizer's model sees: normalizers and pre-tokenizers of tokenizer.json, exactly
// as the tokenizers library (0.23) runs them. What is not here is refused by name: npm run tokenizers compares.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, fieldError, flagField, hasField, recordFields } from "./fields";
import { libraryPunctuation, refuseNewCharacters } from "./newCharacters";
import { readPattern } from "./tokenizerPattern";

export type Normalize = (text: string) => string;
/** A stretch of the text; `isFirst` where it begins the whole text. */
export interface Piece {
  readonly text: string;
  readonly isFirst: boolean;
}
export interface PreTokenizer {
  readonly split: (piece: Piece) => readonly Piece[];
  /** Which characters it distinguishes, beyond white space. */
  readonly classes: readonly ("letters" | "symbols")[];
}
interface Match {
  readonly from: number;
  readonly to: number;
  readonly isMatch: boolean;
}
type FindMatches = (text: string) => Match[];

const behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behavior = (typeof behaviors)[number];

/** Where GPT-2's tokenizer splits. */
const byteLevelPattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const otherModel = "choose another model, or record its run in Python (lab/tools)";

/** The type of a part of tokenizer.json, whose keys must all be known. Throws InputError naming an unknown type or key. */
export function partType(part: Fields, keys: Readonly<Record<string, readonly string[]>>): string {
  const type = part.values.get("type");
  if (typeof type !== "string" || !Object.hasOwn(keys, type)) {
    throw new InputError(
      `${part.file} is ${describe(type)}; supported are ${Object.keys(keys).join(", ")}: ${otherModel}`,
    );
  }
  for (const name of part.values.keys()) {
    if (name === "type" || keys[type].includes(name) || !hasField(part, name)) continue;
    throw new InputError(`${part.file}: ${type} has ${describe(name)}, which is not supported: ${otherModel}`);
  }
  return type;
}

/** The parts of a sequence, or the part alone. */
export function partList(value: unknown, file: string, listName: string): Fields[] {
  const open: unknown[] = [value];
  const parts: Fields[] = [];
  // A list instead of recursion: a file may nest to any depth.
  while (open.length > 0) {
    const part = recordFields(open.pop(), file);
    if (part.values.get("type") !== "Sequence") {
      parts.push(part);
      continue;
    }
    const nested = part.values.get(listName);
    if (!Array.isArray(nested)) throw fieldError(part, listName, "a list");
    for (const each of [...(nested as unknown[])].reverse()) open.push(each);
  }
  return parts;
}

export function textField(part: Fields, name: string): string {
  const value = part.values.get(name);
  if (typeof value !== "string" || value === "") throw fieldError(part, name, "a text");
  return value;
}

export function readNormalizer(value: unknown, file: string): Normalize {
  const steps = partList(value, `${file}: normalizer`, "normalizers").map((part) => readNormalizerPart(part, file));
  return (text) => steps.reduce((changed, step) => step(changed), text);
}

function readNormalizerPart(part: Fields, file: string): Normalize {
  switch (partType(part, { NFC: [], Prepend: ["prepend"], Replace: ["pattern", "content"] })) {
    case "NFC":
      return (text) => {
        const composed = text.normalize("NFC");
        refuseNewCharacters(composed, "composed", file);
        return composed;
      };
    case "Prepend": {
      const prefix = textField(part, "prepend");
      return (text) => (text === "" ? "" : prefix + text);
    }
    default: {
      const [from, to] = replacement(part);
      return (text) => text.replaceAll(from, () => to);
    }
  }
}

/** What a Replace looks for, a plain text, and what it puts there. */
export function replacement(part: Fields): [string, string] {
  const content = part.values.get("content");
  if (typeof content !== "string") throw fieldError(part, "content", "a text");
  const pattern = recordFields(part.values.get("pattern"), `${part.file}: Replace: pattern`);
  if (!pattern.values.has("Regex")) return [textField(pattern, "String"), content];
  throw new InputError(
    `${part.file}: Replace has pattern ${describe(pattern.values.get("Regex"))}, expected {"String": …}: ${otherModel}`,
  );
}

/** What happens to a text before its pre-tokenizer. */
interface Before {
  readonly isNormalized: boolean;
  /** Whether added tokens split the normalized text. */
  readonly isSplit: boolean;
}

export function readPreTokenizer(value: unknown, file: string, before: Before): PreTokenizer {
  const parts = partList(value, `${file}: pre_tokenizer`, "pretokenizers");
  refuseMovedFirst(parts, before);
  const steps = parts.map(readPreTokenizerPart);
  return {
    split: (piece) => steps.reduce<readonly Piece[]>((pieces, step) => pieces.flatMap(step.split), [piece]),
    classes: steps.flatMap(({ classes }) => classes),
  };
}

/**
 * Metaspace asks of each piece whether it began the raw text. Once a changed text has been split that is not known here:
 * in the library, both pieces of a character that became two begin where it stood.
 */
function refuseMovedFirst(parts: readonly Fields[], { isNormalized, isSplit }: Before): void {
  let isMoved = isNormalized && isSplit;
  for (const part of parts) {
    if (isMoved && part.values.get("prepend_scheme") === "first") {
      throw fieldError(part, "prepend_scheme", "always or never where the text was changed and split before");
    }
    isMoved ||= isNormalized || ["ByteLevel", "Metaspace"].includes(part.values.get("type") as string);
  }
}

const preTokenizerKeys = {
  ByteLevel: ["add_prefix_space", "trim_offsets", "use_regex"],
  Digits: ["individual_digits"],
  Metaspace: ["replacement", "prepend_scheme", "split", "str_rep", "add_prefix_space"],
  Punctuation: ["behavior"],
  Split: ["pattern", "behavior", "invert"],
  WhitespaceSplit: [],
};

function readPreTokenizerPart(part: Fields): PreTokenizer {
  switch (partType(part, preTokenizerKeys)) {
    case "ByteLevel":
      return readByteLevel(part);
    case "Digits": {
      const find = findRegex(/\p{N}/gu);
      const behavior = flagField(part, "individual_digits") ? "Isolated" : "Contiguous";
      return { split: (piece) => splitPiece(piece, find, behavior), classes: ["letters"] };
    }
    case "Metaspace":
      return readMetaspace(part);
    case "Punctuation": {
      const find = findRegex(libraryPunctuation);
      const behavior = hasField(part, "behavior") ? readBehavior(part) : "Isolated";
      return { split: (piece) => splitPiece(piece, find, behavior), classes: [] };
    }
    case "Split":
      return readSplit(part);
    default: {
      const find = findRegex(/\p{White_Space}/gu);
      return { split: (piece) => splitPiece(piece, find, "Removed"), classes: [] };
    }
  }
}

function readByteLevel(part: Fields): PreTokenizer {
  const addsSpace = !hasField(part, "add_prefix_space") || flagField(part, "add_prefix_space");
  const usesRegex = !hasField(part, "use_regex") || flagField(part, "use_regex");
  const find = findRegex(byteLevelPattern);
  return {
    split: ({ text, isFirst }) => {
      const spaced = { text: addsSpace && !text.startsWith(" ") ? ` ${text}` : text, isFirst };
      const pieces = usesRegex ? splitPiece(spaced, find, "Isolated") : [spaced];
      return pieces.map((piece) => ({ ...piece, text: byteLetters(piece.text) }));
    },
    classes: usesRegex ? ["letters"] : [],
  };
}

function readMetaspace(part: Fields): PreTokenizer {
  const mark = textField(part, "replacement");
  if (Array.from(mark).length !== 1) throw fieldError(part, "replacement", "one character");
  if (hasField(part, "str_rep") && part.values.get("str_rep") !== mark) {
    throw fieldError(part, "str_rep", "the same as replacement");
  }
  const scheme = part.values.get("prepend_scheme") ?? "always";
  // Before version 0.15 of the library there was a flag in place of the scheme.
  if (hasField(part, "add_prefix_space") && flagField(part, "add_prefix_space") !== (scheme !== "never")) {
    throw fieldError(part, "add_prefix_space", `in agreement with prepend_scheme (${describe(scheme)})`);
  }
  if (!["always", "first", "never"].includes(scheme as string)) {
    throw fieldError(part, "prepend_scheme", "always, first or never");
  }
  const isSplit = !hasField(part, "split") || flagField(part, "split");
  const find = findText(mark);
  return {
    split: ({ text, isFirst }) => {
      const marked = text.replaceAll(" ", mark);
      const isPrepended = !marked.startsWith(mark) && (scheme === "always" || (scheme === "first" && isFirst));
      const piece = { text: isPrepended ? mark + marked : marked, isFirst };
      return isSplit ? splitPiece(piece, find, "MergedWithNext") : [piece];
    },
    classes: [],
  };
}

function readSplit(part: Fields): PreTokenizer {
  const behavior = readBehavior(part);
  const pattern = recordFields(part.values.get("pattern"), `${part.file}: Split: pattern`);
  const source = pattern.values.get("Regex");
  const isInverted = flagField(part, "invert");
  const inverted = (find: FindMatches): FindMatches =>
    isInverted ? (text) => find(text).map((match) => ({ ...match, isMatch: !match.isMatch })) : find;
  if (source === undefined) {
    const find = inverted(findText(textField(pattern, "String")));
    return { split: (piece) => splitPiece(piece, find, behavior), classes: [] };
  }
  const read = typeof source === "string" ? readPattern(source) : "is not a text";
  if (typeof read === "string") {
    throw new InputError(`${part.file}: Split has pattern ${describe(source)}, which ${read}: ${otherModel}`);
  }
  const find = inverted(findRegex(read.regex));
  return {
    split: (piece) => splitPiece(piece, find, behavior),
    classes: read.namesSymbols ? ["letters", "symbols"] : ["letters"],
  };
}

function readBehavior(part: Fields): Behavior {
  const behavior = behaviors.find((each) => each === part.values.get("behavior"));
  if (behavior !== undefined) return behavior;
  throw fieldError(part, "behavior", `one of ${behaviors.join(", ")}`);
}

/** Matches and what lies between them, in order and without gaps. */
function findRegex(regex: RegExp): FindMatches {
  return (text) => {
    const matches: Match[] = [];
    let from = 0;
    for (const { index, 0: found } of text.matchAll(regex)) {
      if (found === "") throw new InputError(`the pattern ${regex.source} matches nothing at all: ${otherModel}`);
      if (from < index) matches.push({ from, to: index, isMatch: false });
      from = index + found.length;
      matches.push({ from: index, to: from, isMatch: true });
    }
    if (from < text.length) matches.push({ from, to: text.length, isMatch: false });
    return matches;
  };
}

function findText(wanted: string): FindMatches {
  return findRegex(new RegExp(wanted.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, "\\$&"), "gu"));
}

/** As the library's NormalizedString.split does it. */
function splitPiece({ text, isFirst }: Piece, find: FindMatches, behavior: Behavior): Piece[] {
  const matches = find(text);
  const isJoined = (place: number): boolean => {
    const match = matches[place];
    switch (behavior) {
      case "Removed":
      case "Isolated":
        return false;
      case "Contiguous":
        return place > 0 && matches[place - 1].isMatch === match.isMatch;
      // A match joins its neighbour unless that is a match too.
      case "MergedWithPrevious":
        return place > 0 && match.isMatch && !matches[place - 1].isMatch;
      case "MergedWithNext":
        return place > 0 && !match.isMatch && matches[place - 1].isMatch;
    }
  };
  const kept: { from: number; to: number }[] = [];
  matches.forEach(({ from, to, isMatch }, place) => {
    const last = kept.at(-1);
    if (last !== undefined && isJoined(place)) last.to = to;
    else if (behavior !== "Removed" || !isMatch) kept.push({ from, to });
  });
  return kept.map(({ from, to }) => ({ text: text.slice(from, to), isFirst: isFirst && from === 0 }));
}

/** GPT-2's letters for bytes: printable ones stand for themselves, the others for letters from U+0100 on. */
const letterOfByte: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();
const byteOfLetter: ReadonlyMap<string, number> = new Map(letterOfByte.map((letter, byte) => [letter, byte]));

function byteLetters(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => letterOfByte[byte]).join("");
}

/** The bytes that a byte-level token stands for; one with other letters stands for its own text. */
export function bytesOfLetters(token: string): Uint8Array {
  const bytes = Array.from(token, (letter) => byteOfLetter.get(letter));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : new TextEncoder().encode(token);
}
