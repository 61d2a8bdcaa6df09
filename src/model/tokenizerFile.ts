// Checks tokenizer.json before the tokenizer library sees it: the library trusts its input, allocates by the ids in
// it and runs its patterns.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, excerpt, fieldError, hasField, parseFields, recordFields } from "./fields";
import { patternFault } from "./tokenizerPattern";

export interface TokenizerFile {
  /** The whole file. */
  readonly record: object;
  /** One more than the highest id. */
  readonly vocabularySize: number;
  readonly unknownToken: string | null;
}

const maxVocabulary = 2 ** 20;
const modelTypes = ["BPE", "WordLevel", "WordPiece", "Unigram"];
/** The library treats other behaviours of a split as if they were "Isolated". */
const splitBehaviors = new Set<unknown>([undefined, "Removed", "Isolated"]);

export function parseTokenizerFile(text: string, file: string): TokenizerFile {
  const fields = parseFields(text, file);
  const model = recordFields(fields.values.get("model"), `${file}: model`);
  const type = model.values.get("type");
  if (!modelTypes.includes(type as string)) {
    throw fieldError(model, "type", `one of ${modelTypes.join(", ")}`);
  }
  const ids = [...(type === "Unigram" ? unigramIds(model) : vocabularyIds(model)), ...addedIds(fields)];
  if (type === "BPE") checkMerges(model);
  for (const part of ["normalizer", "pre_tokenizer", "decoder"]) checkComponents(fields, part);

  // A loop: a spread over a whole vocabulary would overflow the stack.
  let vocabularySize = 0;
  for (const id of ids) vocabularySize = Math.max(vocabularySize, id + 1);
  const unknown = model.values.get("unk_token");
  return {
    record: Object.fromEntries(fields.values),
    vocabularySize,
    unknownToken: typeof unknown === "string" ? unknown : null,
  };
}

function vocabularyIds(model: Fields): number[] {
  const vocabulary = recordFields(model.values.get("vocab"), `${model.file}: vocab`).values;
  checkSize(vocabulary.size, model);
  return Array.from(vocabulary, ([name, id]) => checkId(id, `token ${excerpt(name)}`, model.file));
}

/** Unigram lists [piece, score]; the id is the place in the list. */
function unigramIds(model: Fields): number[] {
  const vocabulary = model.values.get("vocab");
  const isPiece = (piece: unknown): boolean =>
    Array.isArray(piece) && typeof piece[0] === "string" && Number.isFinite(piece[1]);
  if (!Array.isArray(vocabulary) || !vocabulary.every(isPiece)) {
    throw fieldError(model, "vocab", "a list of [piece, score]");
  }
  checkSize(vocabulary.length, model);
  return vocabulary.map((_, id) => id);
}

function addedIds(fields: Fields): number[] {
  const added = fields.values.get("added_tokens");
  if (!Array.isArray(added)) throw fieldError(fields, "added_tokens", "a list");
  checkSize(added.length, fields);
  return added.map((token: unknown) => {
    const { values } = recordFields(token, `${fields.file}: added_tokens`);
    const content = values.get("content");
    if (typeof content !== "string" || content === "") {
      throw new InputError(
        `${fields.file}: an added token has content ${describe(content)}, expected a text; download the file again`,
      );
    }
    return checkId(values.get("id"), `added token ${excerpt(content)}`, fields.file);
  });
}

function checkMerges(model: Fields): void {
  const merges = model.values.get("merges");
  const isMerge = (merge: unknown): boolean =>
    typeof merge === "string" ||
    (Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string"));
  if (!Array.isArray(merges) || !merges.every(isMerge)) {
    throw fieldError(model, "merges", "a list of pairs");
  }
}

/** Patterns and split behaviours of a component and all that is nested in it. */
function checkComponents(fields: Fields, part: string): void {
  if (!hasField(fields, part)) return;
  // A list instead of recursion: nesting is as deep as the file likes.
  const open: unknown[] = [fields.values.get(part)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const component = new Map<string, unknown>(Object.entries(value));
    const fault = componentFault(component);
    if (fault !== null) throw new InputError(`${fields.file}: ${part} ${fault}; use another model`);
    for (const nested of component.values()) open.push(nested);
  }
}

/** Why the library cannot be trusted with a component, or null. */
function componentFault(component: ReadonlyMap<string, unknown>): string | null {
  const type = component.get("type");
  const behavior = component.get("behavior");
  if (type === "Split" && !splitBehaviors.has(behavior)) {
    return `splits with behavior ${describe(behavior)}; supported are Removed and Isolated`;
  }
  if (type === "Split" || type === "Replace") {
    const pattern = component.get("pattern");
    const record = new Map<string, unknown>(
      typeof pattern === "object" && pattern !== null ? Object.entries(pattern) : [],
    );
    if (typeof (record.get("Regex") ?? record.get("String")) !== "string") {
      return `has pattern ${describe(pattern)}, expected {"Regex": …} or {"String": …}`;
    }
  }
  const regex = component.get("Regex");
  const fault = typeof regex === "string" ? patternFault(regex) : null;
  return fault === null ? null : `has pattern ${describe(regex)}, which ${fault}`;
}

function checkSize(count: number, { file }: Fields): void {
  if (count <= maxVocabulary) return;
  throw new InputError(`${file}: found ${count} tokens, expected at most ${maxVocabulary}; use another model`);
}

function checkId(id: unknown, token: string, file: string): number {
  if (typeof id === "number" && Number.isInteger(id) && id >= 0 && id < maxVocabulary) return id;
  throw new InputError(
    `${file}: ${token} has id ${describe(id)}, expected a whole number below ${maxVocabulary}; download the file again`,
  );
}
