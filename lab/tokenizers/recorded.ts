// Digests of the ids that the tokenizers library gives for the drawn files. The unit tests compare the page with them.

import { createHash } from "node:crypto";
import { InputError } from "../../src/lib/errors";
import { createTokenizer } from "../../src/model/tokenizer";
import { trickyTexts } from "./texts";

export const recordedFile = "lab/tokenizers/recorded.json";

type Ids = readonly (readonly number[] | null)[];

/** Null for a text that is refused; "refused" for a tokenizer that the page does not support. */
export function recordedIds(json: string, encodeAll: (texts: string[]) => Ids): string {
  try {
    createTokenizer(json, "tokenizer.json");
  } catch (error) {
    if (error instanceof InputError) return "refused";
    throw error;
  }
  const ids = encodeAll(trickyTexts(60, 3));
  return createHash("sha256").update(JSON.stringify(ids)).digest("hex").slice(0, 16);
}

/** The ids that the page computes. */
export function pageIds(json: string, texts: string[]): Ids {
  const tokenizer = createTokenizer(json, "tokenizer.json");
  return texts.map((text) => {
    try {
      return [...tokenizer.encode(text)];
    } catch (error) {
      if (error instanceof InputError) return null;
      throw error;
    }
  });
}
