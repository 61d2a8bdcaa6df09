// Text to tokens and back, through @huggingface/tokenizers.

import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { errorMessage, InputError } from "../lib/errors";
import { excerpt, parseFields } from "./fields";
import { parseTokenizerFile } from "./tokenizerFile";

export interface Tokenizer {
  /** Token ids of a text; special tokens written out in the text (such as <bos>) are recognised, none are added. */
  encode(text: string): Int32Array;
  /** Text of a sequence; tokens that have no text are left out. */
  decode(tokens: ArrayLike<number>): string;
  /**
   * Text of one token as a reader should see it next to its neighbours, its own leading space included where it has one.
   * One after the other they give the text of the sequence; where words are joined by spaces, every word has its space.
   */
  tokenText(token: number): string;
  /** One more than the highest token. */
  readonly vocabularySize: number;
}

/**
 * A tokenizer from the texts of tokenizer.json and, where there is one, tokenizer_config.json. `file` is the path of
 * tokenizer.json, for messages. Throws InputError for what is malformed or what the library would get wrong; so does
 * `encode` for text that the tokenizer has no tokens for.
 */
export function createTokenizer(tokenizerJson: string, tokenizerConfigJson: string | null, file: string): Tokenizer {
  const { record, vocabularySize, unknownToken } = parseTokenizerFile(tokenizerJson, file);
  const configFile = file.replace(/[^/]*$/, "tokenizer_config.json");
  const config =
    tokenizerConfigJson === null ? new Map<string, unknown>() : parseFields(tokenizerConfigJson, configFile).values;
  const library = createLibraryTokenizer(
    record,
    // The library takes a word-level model's unknown token from here; a language would select a part of the vocabulary.
    { ...Object.fromEntries(config), unk_token: unknownToken, target_lang: undefined },
    file,
  );

  const decodeKnown = (tokens: number[]): string =>
    // Without clean-up, which would take away spaces that tokens have.
    library.decode(tokens, { clean_up_tokenization_spaces: false });
  const isKnown = (token: number): boolean => library.id_to_token(token) !== undefined;
  const anchor = findAnchor(library, vocabularySize);
  const anchorText = anchor === null ? "" : decodeKnown([anchor]);

  return {
    vocabularySize,
    encode: (text) => encode(library, text, file),
    decode: (tokens) => {
      const known = Array.from(tokens).filter(isKnown);
      return known.length === 0 ? "" : decodeKnown(known);
    },
    tokenText: (token) => {
      // Rows of a padded embedding have no text.
      if (!isKnown(token)) return `⟨${token}⟩`;
      // Behind another token, so that a decoder that strips the beginning of a text leaves this one whole.
      const pair = anchor === null ? "" : decodeKnown([anchor, token]);
      return pair.startsWith(anchorText) && anchor !== null ? pair.slice(anchorText.length) : decodeKnown([token]);
    },
  };
}

function createLibraryTokenizer(record: object, config: object, file: string): LibraryTokenizer {
  try {
    return new LibraryTokenizer(record, config);
  } catch (error) {
    throw new InputError(
      `${file}: expected a tokenizer that @huggingface/tokenizers can read, found one that it cannot (${errorMessage(error)}); use another model`,
    );
  }
}

function encode(library: LibraryTokenizer, text: string, file: string): Int32Array {
  let encoding: { ids: readonly (number | undefined)[]; tokens: readonly (string | null | undefined)[] };
  try {
    encoding = library.encode(text, { add_special_tokens: false });
  } catch (error) {
    throw new InputError(
      `${file}: the text ${excerpt(text)} could not be split into tokens (${errorMessage(error)}); use another model`,
    );
  }
  return Int32Array.from(encoding.ids, (token, index) => {
    if (token !== undefined) return token;
    throw new InputError(
      `${file}: expected words of the model's vocabulary, found ${excerpt(encoding.tokens[index] ?? text)}; write the prompt in other words`,
    );
  });
}

/** A token of plain letters, to decode others behind; null in a vocabulary that has none. */
function findAnchor(library: LibraryTokenizer, vocabularySize: number): number | null {
  for (let token = 0; token < vocabularySize; token++) {
    if (/^[A-Za-z]+$/.test(library.id_to_token(token) ?? "")) return token;
  }
  return null;
}
