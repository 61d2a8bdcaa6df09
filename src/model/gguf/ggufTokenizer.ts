// A tokenizer from the metadata of a GGUF file: written as tokenizer.json, the way transformers would have written it, so that
// one reader (tokenizerFile.ts) checks and runs both. What is not known to split as the original did is refused by name:
// a wrong split is silent damage.

import { InputError } from "../../lib/errors";
import { describe, fieldError, hasField, type Fields } from "../fields";
import type { GgufHeader } from "./ggufFile";
import { plainFields } from "./ggufConfig";

type Part = Readonly<Record<string, unknown>>;

/** Where Llama 3's tokenizer splits; Qwen2's takes digits one by one. */
const splitPattern = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const byteLevel = (usesRegex: boolean): Part => ({
  ...{ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: usesRegex },
});
const splitBefore = (digits: string): Part => ({
  type: "Sequence",
  pretokenizers: [
    { type: "Split", pattern: { Regex: splitPattern(digits) }, behavior: "Isolated", invert: false },
    byteLevel(false),
  ],
});

interface PreTokenizer {
  readonly pre_tokenizer: Part;
  readonly normalizer: Part | null;
  readonly ignoresMerges: boolean;
  /** Whether a prompt begins with the token for the beginning, where the file does not say. */
  readonly addsBeginning: boolean;
}

const llama3: PreTokenizer = {
  ...{ pre_tokenizer: splitBefore("\\p{N}{1,3}"), normalizer: null, ignoresMerges: true, addsBeginning: true },
};
const qwen2: PreTokenizer = {
  pre_tokenizer: splitBefore("\\p{N}"),
  normalizer: { type: "NFC" },
  ...{ ignoresMerges: false, addsBeginning: false },
};
const gpt2: PreTokenizer = {
  ...{ pre_tokenizer: byteLevel(true), normalizer: null, ignoresMerges: false, addsBeginning: false },
};

/** By tokenizer.ggml.pre, which names how a byte-pair tokenizer splits. */
const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  smollm: {
    ...gpt2,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Digits", individual_digits: true }, byteLevel(true)],
    },
  },
  ...{ "llama-bpe": llama3, llama3, "llama-v3": llama3 },
  ...{ qwen2, "deepseek-r1-qwen": { ...qwen2, normalizer: null, addsBeginning: true } },
  "gpt-2": gpt2,
};

/** Of a token: what the file's converter took it for. */
const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 };
const maxVocabulary = 2 ** 20;
/** Of a SentencePiece token, in UTF-16 units: every place in it is tried as the border of two others. */
const maxTokenLength = 1024;

interface Vocabulary {
  readonly fields: Fields;
  readonly texts: readonly string[];
  /** One of tokenTypes. [token] */
  readonly types: readonly number[];
  /** Of tokens with one text the first counts: no other could be told from it. */
  readonly ids: ReadonlyMap<string, number>;
}

/** What tokenizer.json would say, or its text, where the file holds it. Throws InputError. */
export function ggufTokenizerJson(header: GgufHeader): string | object {
  const fields = plainFields(header);
  const own = fields.values.get("tokenizer.huggingface.json");
  if (typeof own === "string") return own;
  const read = readVocabulary(fields);
  const model = fields.values.get("tokenizer.ggml.model");
  if (model !== "gpt2" && model !== "llama") {
    throw new InputError(
      `${header.file}: tokenizer.ggml.model is ${describe(model)}; supported are gpt2 (byte-pair encoding) and llama (SentencePiece): choose another model`,
    );
  }
  const vocabulary = model === "llama" ? withMarks(read) : read;
  return {
    version: "1.0",
    ...{ truncation: null, padding: null, added_tokens: addedTokens(vocabulary) },
    ...(model === "gpt2" ? bytePairParts(vocabulary) : sentencePieceParts(vocabulary)),
  };
}

/** How many tokens the file lists. */
export function ggufVocabularySize(header: GgufHeader): number {
  return readTokens(plainFields(header)).length;
}

function readTokens(fields: Fields): readonly string[] {
  const texts = fields.values.get("tokenizer.ggml.tokens");
  if (isTexts(texts) && texts.length >= 2 && texts.length <= maxVocabulary) return texts;
  throw fieldError(fields, "tokenizer.ggml.tokens", `a list of 2 to ${maxVocabulary} texts`);
}

function readVocabulary(fields: Fields): Vocabulary {
  const texts = readTokens(fields);
  const types = fields.values.get("tokenizer.ggml.token_type") ?? texts.map(() => tokenTypes.normal);
  if (!isNumbers(types) || types.length !== texts.length) {
    throw fieldError(fields, "tokenizer.ggml.token_type", `a list of ${texts.length} numbers, one per token`);
  }
  return { fields, texts, types, ids: firstIds(texts) };
}

/** Converters write user-defined runs of marks as spaces; here they are marks again, as in the original. */
function withMarks(vocabulary: Vocabulary): Vocabulary {
  const { types } = vocabulary;
  const texts = vocabulary.texts.map((text, id) =>
    types[id] === tokenTypes.userDefined && isRunOf(" ", text) ? mark.repeat(text.length) : text,
  );
  return { ...vocabulary, texts, ids: firstIds(texts) };
}

function isRunOf(sign: string, text: string): boolean {
  return text !== "" && text === sign.repeat(text.length);
}

function firstIds(texts: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  texts.forEach((text, id) => {
    if (!ids.has(text)) ids.set(text, id);
  });
  return ids;
}

/** Found before the text is split. Control tokens are special: they have no text of their own. */
function addedTokens({ texts, types, ids }: Vocabulary): Part[] {
  return texts.flatMap((content, id) => {
    const isControl = types[id] === tokenTypes.control || types[id] === tokenTypes.unknown;
    if ((!isControl && types[id] !== tokenTypes.userDefined) || content === "" || ids.get(content) !== id) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: isControl }];
  });
}

function bytePairParts({ fields, texts, ids }: Vocabulary): Part {
  const pre = fields.values.get("tokenizer.ggml.pre");
  const found = typeof pre === "string" && Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : null;
  if (found === null) {
    throw new InputError(
      `${fields.file}: tokenizer.ggml.pre is ${describe(pre)}, so it is not known how this tokenizer splits a text; supported are ${Object.keys(preTokenizers).join(", ")}: choose another model, or give its folder with tokenizer.json`,
    );
  }
  const merges = fields.values.get("tokenizer.ggml.merges");
  if (!isTexts(merges)) throw fieldError(fields, "tokenizer.ggml.merges", "a list of pairs");
  return {
    ...{ normalizer: found.normalizer, pre_tokenizer: found.pre_tokenizer },
    ...{ post_processor: frame(fields, { isBegun: found.addsBeginning, texts }), decoder: byteLevel(true) },
    model: {
      ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: found.ignoresMerges },
      vocab: Object.fromEntries(ids),
      merges,
    },
  };
}

const mark = "▁";

/** SentencePiece as transformers writes it: byte-pair encoding whose merges follow from the scores of the tokens. */
function sentencePieceParts(vocabulary: Vocabulary): Part {
  const { fields, texts, ids } = vocabulary;
  const isPrefixed = fields.values.get("tokenizer.ggml.add_space_prefix") ?? true;
  if (typeof isPrefixed !== "boolean") throw fieldError(fields, "tokenizer.ggml.add_space_prefix", "true or false");
  const unknown = fields.values.get("tokenizer.ggml.unknown_token_id") ?? 0;
  const spaces: Part = { type: "Replace", pattern: { String: " " }, content: mark };
  const decoders: Part[] = [
    { type: "Replace", pattern: { String: mark }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
  ];
  return {
    normalizer: isPrefixed ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: mark }, spaces] } : spaces,
    pre_tokenizer: null,
    post_processor: frame(fields, { isBegun: true, texts }),
    decoder: {
      type: "Sequence",
      decoders: isPrefixed ? [...decoders, { type: "Strip", content: " ", start: 1, stop: 0 }] : decoders,
    },
    model: {
      ...{ type: "BPE", dropout: null, unk_token: texts[Number(unknown)] ?? null },
      ...{ continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: true, byte_fallback: true, ignore_merges: false },
      vocab: Object.fromEntries(ids),
      merges: [...mergesOfRuns(vocabulary), ...mergesOfScores(vocabulary)],
    },
  };
}

/** Runs of marks, which have no score, come together first: the longest on the left first, as Gemma's own merges have it. */
function mergesOfRuns({ texts, types, ids }: Vocabulary): [string, string][] {
  const runs = texts.filter((text, id) => types[id] === tokenTypes.userDefined && isRunOf(mark, text));
  const parts = (runs.length === 0 ? [] : [...runs, mark]).sort((a, b) => b.length - a.length);
  return parts.flatMap((left) =>
    parts.filter((right) => ids.has(left + right)).map((right): [string, string] => [left, right]),
  );
}

/** Every split of a normal token into two others, best score first; of equal ones the parts of lower ids. */
function mergesOfScores({ fields, texts, types }: Vocabulary): [string, string][] {
  const scores = fields.values.get("tokenizer.ggml.scores");
  if (!isNumbers(scores) || scores.length !== texts.length) {
    throw fieldError(fields, "tokenizer.ggml.scores", `a list of ${texts.length} numbers, one per token`);
  }
  if (texts.some((text) => text.length > maxTokenLength)) {
    throw fieldError(fields, "tokenizer.ggml.tokens", `a list of texts of at most ${maxTokenLength} characters`);
  }
  const ids = new Map<string, number>();
  texts.forEach((text, id) => {
    if (types[id] === tokenTypes.normal && !ids.has(text)) ids.set(text, id);
  });
  const merges: { score: number; left: number; right: number }[] = [];
  for (const [text, id] of ids) {
    for (let at = 1; at < text.length; at++) {
      // Not between the halves of a character.
      if (text.charCodeAt(at) >= 0xdc00 && text.charCodeAt(at) <= 0xdfff) continue;
      const left = ids.get(text.slice(0, at));
      const right = left === undefined ? undefined : ids.get(text.slice(at));
      if (left !== undefined && right !== undefined) merges.push({ score: scores[id], left, right });
    }
  }
  merges.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return merges.map(({ left, right }) => [texts[left], texts[right]]);
}

/** The tokens that the file wants before and behind a prompt. */
function frame(fields: Fields, { isBegun, texts }: { isBegun: boolean; texts: readonly string[] }): Part | null {
  const wants = (name: string, otherwise: boolean): boolean => {
    const value = fields.values.get(`tokenizer.ggml.${name}`) ?? otherwise;
    if (typeof value !== "boolean") throw fieldError(fields, `tokenizer.ggml.${name}`, "true or false");
    return value;
  };
  const special: Record<string, Part> = {};
  const token = (name: string): Part => {
    const full = `tokenizer.ggml.${name}`;
    const id = fields.values.get(full);
    if (typeof id !== "number" || texts[id] === undefined) throw fieldError(fields, full, "the id of a token");
    special[texts[id]] = { id: texts[id], ids: [id], tokens: [texts[id]] };
    return { SpecialToken: { id: texts[id], type_id: 0 } };
  };
  const isKnown = hasField(fields, "tokenizer.ggml.bos_token_id");
  const before = wants("add_bos_token", isBegun && isKnown) ? [token("bos_token_id")] : [];
  const behind = wants("add_eos_token", false) ? [token("eos_token_id")] : [];
  if (before.length + behind.length === 0) return null;
  const single = [...before, { Sequence: { id: "A", type_id: 0 } }, ...behind];
  return { type: "TemplateProcessing", single, pair: single, special_tokens: special };
}

/** The chat template, as Jinja text; null where the file holds none. */
export function ggufChatTemplate(header: GgufHeader): string | null {
  const entry = header.metadata.get("tokenizer.chat_template");
  return entry?.type === "string" && entry.value !== "" ? entry.value : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
