// Added tokens, such as <bos>, are found before anything else happens to the text, as the tokenizers library finds
// them: tokens marked as not normalized in the raw text, the others in the normalized text between them.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, excerpt, flagField, recordFields } from "./fields";
import type { Normalize } from "./tokenizerParts";

export interface AddedToken {
  readonly content: string;
  readonly id: number;
  readonly isWord: boolean;
  readonly stripsBefore: boolean;
  readonly stripsBehind: boolean;
  readonly isNormalized: boolean;
}

/** Text between added tokens, or an added token's id. */
export type Section = number | { readonly text: string; readonly isFirst: boolean };

const wordCharacter = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const endsWithWord = new RegExp(`${wordCharacter}$`, "u");
const startsWithWord = new RegExp(`^${wordCharacter}`, "u");
const spaceBefore = /\p{White_Space}*$/u;
const spaceBehind = /^\p{White_Space}*/u;

/**
 * The list in tokenizer.json. The library ignores the ids in the file: it gives each token its id in the vocabulary, or
 * else the next free id. A file that states another id is refused.
 */
export function readAddedTokens(fields: Fields, vocabulary: ReadonlyMap<string, number>): AddedToken[] {
  const listed = fields.values.get("added_tokens");
  const known = new Map<string, number>();
  let highest = -1; // of the added tokens
  return (listed as unknown[]).map((value) => {
    const token = recordFields(value, `${fields.file}: added_tokens`);
    const content = token.values.get("content");
    if (typeof content !== "string" || content === "") {
      throw new InputError(
        `${fields.file}: an added token has content ${describe(content)}, expected a text; download the file again`,
      );
    }
    const id = token.values.get("id");
    const expected = vocabulary.get(content) ?? Math.max(highest + 1, vocabulary.size);
    if (id !== expected || known.has(content)) {
      const reason = known.has(content) ? "is listed twice" : `has id ${describe(id)}, expected ${expected}`;
      throw new InputError(
        `${fields.file}: added token ${excerpt(content)} ${reason}, as the tokenizers library numbers them; download the file again`,
      );
    }
    known.set(content, expected);
    highest = Math.max(highest, expected);
    return {
      content,
      id: expected,
      isWord: flagField(token, "single_word"),
      stripsBefore: flagField(token, "lstrip"),
      stripsBehind: flagField(token, "rstrip"),
      isNormalized: token.values.has("normalized") ? flagField(token, "normalized") : !flagField(token, "special"),
    };
  });
}

/** Text to sections, the text between added tokens normalized. Throws InputError if two normalized tokens become one. */
export function addedTokenSplitter(
  tokens: readonly AddedToken[],
  normalize: Normalize,
  file: string,
): (text: string) => Section[] {
  const plain = tokens.filter(({ isNormalized }) => !isNormalized);
  const normalized = tokens
    .filter(({ isNormalized }) => isNormalized)
    .map((token) => ({ ...token, content: normalize(token.content) }));
  const seen = new Set([""]);
  for (const { content, id } of normalized) {
    if (seen.has(content)) {
      throw new InputError(
        `${file}: normalized, added token ${id} is ${excerpt(content)}, expected a text of its own; use another model`,
      );
    }
    seen.add(content);
  }
  const splitPlain = splitter(plain, file);
  const splitNormalized = splitter(normalized, file);
  return (text) =>
    splitPlain({ text, isFirst: true }).flatMap((section) =>
      typeof section === "number" ? [section] : splitNormalized({ ...section, text: normalize(section.text) }),
    );
}

function splitter(tokens: readonly AddedToken[], file: string): (section: Exclude<Section, number>) => Section[] {
  const byFirst = new Map<string, AddedToken[]>();
  for (const token of tokens) {
    const first = token.content.slice(0, 1);
    byFirst.set(first, [...(byFirst.get(first) ?? []), token]);
  }
  // Of the tokens that begin at one place, the longest wins.
  for (const candidates of byFirst.values()) candidates.sort((a, b) => b.content.length - a.content.length);

  return ({ text, isFirst }) => {
    const sections: Section[] = [];
    let from = 0;
    const addText = (to: number): void => {
      if (from < to) sections.push({ text: text.slice(from, to), isFirst: isFirst && from === 0 });
    };
    for (let at = 0; at < text.length; at++) {
      const token = byFirst.get(text[at])?.find(({ content }) => text.startsWith(content, at));
      if (token === undefined) continue;
      let end = at + token.content.length;
      if (token.isWord && (endsWithWord.test(text.slice(0, at)) || startsWithWord.test(text.slice(end)))) {
        at = end - 1;
        continue;
      }
      let start = at;
      at = end - 1;
      if (token.stripsBefore) start = Math.max(from, spaceBefore.exec(text.slice(0, start))?.index ?? start);
      if (token.stripsBehind) end += spaceBehind.exec(text.slice(end))?.[0].length ?? 0;
      addText(start);
      // The token before may have taken the space that this one consists of.
      if (start > end) {
        throw new InputError(
          `${file}: two added tokens claim the same white space, where the library fails; remove it`,
        );
      }
      if (start < end) sections.push(token.id);
      from = end;
    }
    addText(text.length);
    return sections;
  };
}
