// Reads tokenizer.json, which may be anything: sizes are checked before anything is allocated, and a part is refused by
// name unless it is known to give the tokens of the tokenizers library.

import { InputError } from "../lib/errors";
import type { AddedToken } from "./addedTokens";
import { readAddedTokens } from "./addedTokens";
import type { Fields } from "./fields";
import { describe, excerpt, fieldError, hasField, parseFields, recordFields } from "./fields";
import type { Decoder } from "./tokenizerDecoder";
import { readDecoder } from "./tokenizerDecoder";
import type { EncodeWord } from "./tokenizerModel";
import { readBytePair, readWordLevel } from "./tokenizerModel";
import type { Normalize, PreTokenizer } from "./tokenizerParts";
import { partList, partType, readNormalizer, readPreTokenizer } from "./tokenizerParts";

export interface TokenizerFile {
  /** Every token's text by its id. */
  readonly texts: ReadonlyMap<number, string>;
  /** One more than the highest id. */
  readonly vocabularySize: number;
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: Normalize;
  readonly preTokenizer: PreTokenizer;
  readonly encodeWord: EncodeWord;
  readonly decoder: Decoder;
  readonly frame: PromptFrame;
}

/** What the post-processor puts around a text. */
export interface PromptFrame {
  readonly before: readonly number[];
  readonly behind: readonly number[];
}

const maxVocabulary = 2 ** 20;
const modelKeys = {
  BPE: [
    ...["vocab", "merges", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"],
    ...["fuse_unk", "byte_fallback", "ignore_merges"],
  ],
  WordLevel: ["vocab", "unk_token"],
};
const topLevelParts = [
  ...["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor"],
  ...["decoder", "model"],
];
const noFrame: PromptFrame = { before: [], behind: [] };

/** `source`: tokenizer.json, as text or parsed. */
export function parseTokenizerFile(source: string | object, file: string): TokenizerFile {
  const fields = typeof source === "string" ? parseFields(source, file) : recordFields(source, file);
  for (const name of fields.values.keys()) {
    if (topLevelParts.includes(name) || !hasField(fields, name)) continue;
    throw new InputError(`${file}: has ${excerpt(name)}, which no tokenizer.json should; download the file again`);
  }
  refuseCutting(fields);
  const model = recordFields(fields.values.get("model"), `${file}: model`);
  // Files from before version 0.9 of the library leave the type out.
  const type = model.values.has("type") ? partType(model, modelKeys) : "BPE";
  const vocabulary = readVocabulary(model);
  if (!Array.isArray(fields.values.get("added_tokens"))) throw fieldError(fields, "added_tokens", "a list");
  const addedTokens = readAddedTokens(fields, vocabulary);

  const normalize: Normalize = hasField(fields, "normalizer")
    ? readNormalizer(fields.values.get("normalizer"), file)
    : (same) => same;
  const texts = new Map<number, string>();
  // A loop: a spread over a whole vocabulary would overflow the stack.
  let vocabularySize = 0;
  for (const [content, id] of vocabulary) {
    const other = texts.get(id);
    if (other !== undefined) {
      throw new InputError(
        `${model.file}: tokens ${excerpt(other)} and ${excerpt(content)} have the same id ${id}; download the file again`,
      );
    }
    texts.set(id, content);
  }
  for (const { content, id, isNormalized } of addedTokens) texts.set(id, isNormalized ? normalize(content) : content);
  for (const id of texts.keys()) vocabularySize = Math.max(vocabularySize, id + 1);
  if (vocabularySize > maxVocabulary) throw tooLarge(vocabularySize, file);
  return {
    texts,
    vocabularySize,
    addedTokens,
    normalize,
    preTokenizer: hasField(fields, "pre_tokenizer")
      ? readPreTokenizer(fields.values.get("pre_tokenizer"), file, {
          isNormalized: hasField(fields, "normalizer"),
          isSplit: addedTokens.some(({ isNormalized }) => isNormalized),
        })
      : { split: (piece) => [piece], classes: [] },
    encodeWord: type === "BPE" ? readBytePair(model, vocabulary) : readWordLevel(model, vocabulary),
    decoder: readDecoder(fields.values.get("decoder"), file),
    frame: readFrame(fields, vocabularySize),
  };
}

/** Some files ask for texts of a fixed length; a prompt is never cut or filled up here. */
function refuseCutting(fields: Fields): void {
  for (const name of ["truncation", "padding"]) {
    if (hasField(fields, name)) throw fieldError(fields, name, "null: prompts are taken whole, and nothing is added");
  }
}

function readVocabulary(model: Fields): ReadonlyMap<string, number> {
  const listed = recordFields(model.values.get("vocab"), `${model.file}: vocab`).values;
  if (listed.size > maxVocabulary) throw tooLarge(listed.size, model.file);
  const vocabulary = new Map<string, number>();
  for (const [name, id] of listed) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= maxVocabulary) {
      throw new InputError(
        `${model.file}: token ${excerpt(name)} has id ${describe(id)}, expected a whole number below ${maxVocabulary}; download the file again`,
      );
    }
    vocabulary.set(name, id);
  }
  return vocabulary;
}

function tooLarge(count: number, file: string): InputError {
  return new InputError(`${file}: found ${count} tokens, expected at most ${maxVocabulary}; use another model`);
}

const postProcessorKeys = {
  ByteLevel: ["add_prefix_space", "trim_offsets", "use_regex"],
  TemplateProcessing: ["single", "pair", "special_tokens"],
  BertProcessing: ["sep", "cls"],
  RobertaProcessing: ["sep", "cls", "trim_offsets", "add_prefix_space"],
};

function readFrame(fields: Fields, vocabularySize: number): PromptFrame {
  if (!hasField(fields, "post_processor")) return noFrame;
  const parts = partList(fields.values.get("post_processor"), `${fields.file}: post_processor`, "processors");
  const frames = parts.map(readFramePart).filter((each) => each !== noFrame);
  if (frames.length > 1) {
    throw new InputError(
      `${fields.file}: post_processor adds tokens in ${frames.length} parts, expected one; use another model`,
    );
  }
  const [frame = noFrame] = frames;
  const stranger = [...frame.before, ...frame.behind].find((id) => !isId(id) || id >= vocabularySize);
  if (stranger === undefined) return frame;
  throw new InputError(
    `${fields.file}: post_processor adds token ${describe(stranger)}, expected one below ${vocabularySize}; download the file again`,
  );
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function readFramePart(part: Fields): PromptFrame {
  switch (partType(part, postProcessorKeys)) {
    case "ByteLevel": // moves offsets only
      return noFrame;
    case "TemplateProcessing":
      return readTemplate(part);
    default: {
      const [before, behind] = ["cls", "sep"].map((name) => {
        const pair = part.values.get(name);
        if (Array.isArray(pair) && pair.length === 2 && isId(pair[1])) return [pair[1]];
        throw fieldError(part, name, "a token and its id");
      });
      return { before, behind };
    }
  }
}

/** A template is a list of special tokens and of the text, once: {"SpecialToken": {"id": …}}, {"Sequence": {"id": "A"}}. */
function readTemplate(part: Fields): PromptFrame {
  const items = part.values.get("single");
  const ids = recordFields(part.values.get("special_tokens") ?? {}, `${part.file}: special_tokens`).values;
  const fault = fieldError(part, "single", "special tokens around the text, which stands once");
  if (!Array.isArray(items)) throw fault;
  const lists: number[][] = [[]];
  for (const item of items as unknown[]) {
    const { values } = recordFields(item, `${part.file}: single`);
    const [kind, value] = [...values][0] ?? [];
    const id = recordFields(value, `${part.file}: single`).values.get("id");
    if (kind === "Sequence" && id === "A") lists.push([]);
    else if (kind === "SpecialToken" && typeof id === "string") {
      const listed = recordFields(ids.get(id), `${part.file}: special_tokens: ${excerpt(id)}`).values.get("ids");
      if (!Array.isArray(listed) || !listed.every(isId)) throw fault;
      lists[lists.length - 1].push(...listed);
    } else throw fault;
  }
  if (lists.length !== 2) throw fault;
  return { before: lists[0], behind: lists[1] };
}
