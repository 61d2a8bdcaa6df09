// The tokens that a text becomes, for a reader: texts with their boundaries, those that steer the model marked. The worker with the
// tokenizer (tokenWorker.ts) answers with it.
import { readGgufHeader } from "../model/gguf/ggufFile";
import { ggufTokenizerJson } from "../model/gguf/ggufTokenizer";
import type { NamedBlob } from "../model/source/blobSource";
import { blobBytes } from "../model/source/byteSource";
import { createTokenizer, tokenTexts, type Tokenizer } from "../model/tokenizer";
import { InputError } from "../lib/errors";
import { parseText } from "../model/fields";

export interface ShownToken {
  readonly text: string;
  /** It steers the model; the tokenizer has put it there, or the text writes it out. */
  readonly isSpecial: boolean;
}

export interface PromptTokens {
  readonly count: number;
  /** The first of them, up to MOST_SHOWN. */
  readonly tokens: readonly ShownToken[];
}

export const MOST_SHOWN = 1500;

/** `specials`: texts of the tokens that steer the model. */
export function promptTokensOf(tokenizer: Tokenizer, text: string, specials: ReadonlySet<string>): PromptTokens {
  const tokens = tokenizer.encode(text);
  const shown = tokens.slice(0, MOST_SHOWN);
  const texts = tokenTexts(tokenizer, shown);
  return {
    count: tokens.length,
    tokens: Array.from(shown, (token, place) => {
      const ownText = tokenizer.tokenText(token);
      // A part of a character has no text of its own: its bytes are shown.
      return { text: texts[place] === "" ? ownText : texts[place], isSpecial: specials.has(ownText) };
    }),
  };
}

/** The tokenizer of a model's files, without its weights. Throws InputError. */
export async function readTokenizer(files: readonly NamedBlob[]): Promise<Tokenizer> {
  const parts = files.filter(({ path }) => path.endsWith(".gguf"));
  for (const { path, blob } of parts) {
    const header = await readGgufHeader(blobBytes(path, blob));
    // Only the first part of a split file has it.
    if (parts.length === 1 || header.metadata.has("tokenizer.ggml.tokens")) {
      return createTokenizer(ggufTokenizerJson(header), `${path}: its tokenizer`);
    }
  }
  const file = files.find(({ path }) => path === "tokenizer.json");
  if (file === undefined) throw new InputError("the model’s files hold no tokenizer.json");
  const bytes = new Uint8Array(await file.blob.arrayBuffer());
  return createTokenizer(parseText(bytes, file.path), file.path);
}
