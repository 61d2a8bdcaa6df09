// The models of tokenizer.json, exactly as the tokenizers library (0.23) runs them. Byte-pair encoding merges the pieces of
// a word pair by pair: the pair of the lowest rank first, of equal ones the leftmost. Word-level looks the word up.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, excerpt, fieldError, flagField, hasField } from "./fields";

/** Ids of a word's tokens. */
export type EncodeWord = (word: string) => readonly number[];

interface Merge {
  readonly rank: number;
  readonly token: number;
}

interface BytePairModel {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** By pairKey. */
  readonly merges: ReadonlyMap<number, Merge>;
  readonly byteTokens: readonly (number | undefined)[] | null;
  readonly unknownToken: number | null;
  readonly fusesUnknown: boolean;
}

/** Above the largest id: two ids make one exact number. */
const pairBase = 2 ** 21;
const maxCachedWords = 10_000;

export function readBytePair(model: Fields, vocabulary: ReadonlyMap<string, number>): EncodeWord {
  if ((model.values.get("dropout") ?? 0) !== 0) {
    throw fieldError(model, "dropout", "null: random tokens cannot be reproduced");
  }
  for (const name of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if ((model.values.get(name) ?? "") !== "")
      throw fieldError(model, name, "null or empty, the only values supported");
  }
  const unknown = model.values.get("unk_token") ?? null;
  const unknownToken = typeof unknown === "string" ? vocabulary.get(unknown) : null;
  if (unknownToken === undefined || (unknown !== null && typeof unknown !== "string")) {
    throw fieldError(model, "unk_token", "null or a token of the vocabulary");
  }
  const parts: BytePairModel = {
    vocabulary,
    merges: readMerges(model, vocabulary),
    byteTokens: flagField(model, "byte_fallback") ? byteTokens(vocabulary) : null,
    unknownToken,
    fusesUnknown: flagField(model, "fuse_unk"),
  };
  const ignoresMerges = flagField(model, "ignore_merges");
  const known = new Map<string, readonly number[]>();
  return (word) => {
    const whole = ignoresMerges ? vocabulary.get(word) : undefined;
    if (whole !== undefined) return [whole];
    const cached = known.get(word);
    if (cached !== undefined) return cached;
    const tokens = mergeAll(firstTokens(word, parts), parts.merges);
    if (known.size < maxCachedWords) known.set(word, tokens);
    return tokens;
  };
}

function readMerges(model: Fields, vocabulary: ReadonlyMap<string, number>): ReadonlyMap<number, Merge> {
  const listed = model.values.get("merges");
  if (!Array.isArray(listed)) throw fieldError(model, "merges", "a list of pairs");
  const merges = new Map<number, Merge>();
  (listed as unknown[]).forEach((merge, rank) => {
    // The library takes such a line for the head of a merges.txt.
    if (typeof merge === "string" && merge.startsWith("#version")) return;
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (!isPair(pair)) throw fieldError(model, "merges", "a list of pairs");
    const [left, right, token] = [pair[0], pair[1], pair.join("")].map((text) => vocabulary.get(text));
    if (left === undefined || right === undefined || token === undefined) {
      throw new InputError(
        `${model.file}: merge ${describe(pair)} needs a token that vocab lacks; download the file again`,
      );
    }
    merges.set(pairKey(left, right), { rank, token });
  });
  return merges;
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}

function pairKey(left: number, right: number): number {
  return left * pairBase + right;
}

function byteTokens(vocabulary: ReadonlyMap<string, number>): (number | undefined)[] {
  return Array.from({ length: 256 }, (_, byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );
}

/** A token per character; for a character without one, its bytes, the unknown token, or nothing. */
function firstTokens(word: string, model: BytePairModel): number[] {
  const tokens: number[] = [];
  let unknownCount = 0; // held back until the next known character, as in the library
  const flush = (): void => {
    if (unknownCount > 0 && model.unknownToken !== null) tokens.push(model.unknownToken);
    unknownCount = 0;
  };
  for (const character of word) {
    const token = model.vocabulary.get(character);
    if (token !== undefined) {
      flush();
      tokens.push(token);
      continue;
    }
    const bytes = model.byteTokens && Array.from(new TextEncoder().encode(character), byteToken(model.byteTokens));
    if (bytes?.every((byte) => byte !== undefined)) tokens.push(...bytes);
    else if (model.unknownToken !== null) {
      if (!model.fusesUnknown) flush();
      unknownCount++;
    }
  }
  flush();
  return tokens;
}

function byteToken(tokens: readonly (number | undefined)[]): (byte: number) => number | undefined {
  return (byte) => tokens[byte];
}

/** The heap holds places times ranks; entries whose pair has since been merged are skipped. */
function mergeAll(tokens: number[], merges: ReadonlyMap<number, Merge>): readonly number[] {
  const count = tokens.length;
  const next = Int32Array.from(tokens, (_, place) => (place + 1 < count ? place + 1 : -1));
  const previous = Int32Array.from(tokens, (_, place) => place - 1);
  const heap = createHeap();
  const offer = (place: number): void => {
    if (place < 0 || next[place] < 0) return;
    const merge = merges.get(pairKey(tokens[place], tokens[next[place]]));
    if (merge !== undefined) heap.push({ rank: merge.rank, place, token: merge.token });
  };
  for (let place = 0; place < count; place++) offer(place);
  const isGone = new Uint8Array(count);
  for (let best = heap.pop(); best !== undefined; best = heap.pop()) {
    const { place, token } = best;
    const right = next[place];
    if (isGone[place] === 1 || right < 0) continue;
    if (merges.get(pairKey(tokens[place], tokens[right]))?.token !== token) continue;
    tokens[place] = token;
    isGone[right] = 1;
    next[place] = next[right];
    if (next[right] >= 0) previous[next[right]] = place;
    offer(previous[place]);
    offer(place);
  }
  return tokens.filter((_, place) => isGone[place] === 0);
}

interface HeapEntry {
  readonly rank: number;
  readonly place: number;
  readonly token: number;
}

function createHeap(): { push(entry: HeapEntry): void; pop(): HeapEntry | undefined } {
  const entries: HeapEntry[] = [];
  const isBefore = (a: HeapEntry, b: HeapEntry): boolean => a.rank < b.rank || (a.rank === b.rank && a.place < b.place);
  return {
    push(entry) {
      let at = entries.push(entry) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(entry, entries[parent]); parent = (at - 1) >> 1) {
        entries[at] = entries[parent];
        at = parent;
      }
      entries[at] = entry;
    },
    pop() {
      const top = entries.at(0);
      const last = entries.pop();
      if (last === undefined || entries.length === 0) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child + 1 < entries.length && isBefore(entries[child + 1], entries[child])) child++;
        if (child >= entries.length || !isBefore(entries[child], last)) break;
        entries[at] = entries[child];
        at = child;
      }
      entries[at] = last;
      return top;
    },
  };
}

/** Word-level: the whole word or the unknown token. */
export function readWordLevel(model: Fields, vocabulary: ReadonlyMap<string, number>): EncodeWord {
  const unknown = hasField(model, "unk_token") ? model.values.get("unk_token") : null;
  const unknownToken = typeof unknown === "string" ? vocabulary.get(unknown) : undefined;
  return (word) => {
    const token = vocabulary.get(word) ?? unknownToken;
    if (token !== undefined) return [token];
    const file = model.file.replace(/: model$/, "");
    throw new InputError(
      `${file}: expected words of the model’s vocabulary, found ${excerpt(word)}; write the prompt in other words`,
    );
  };
}
