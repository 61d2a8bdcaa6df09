// Text to tokens and back: the tokens of the tokenizers library (Python), or a refusal that names the reason.

import { InputError } from "../lib/errors";
import { addedTokenSplitter } from "./addedTokens";
import { refuseNewCharacters } from "./newCharacters";
import type { TextStream } from "./tokenizerDecoder";
import { bytesText, createTextStream } from "./tokenizerDecoder";
import type { PromptFrame } from "./tokenizerFile";
import { parseTokenizerFile } from "./tokenizerFile";

export interface Tokenizer {
  /**
   * Token ids of a prompt, including those that the tokenizer's post-processor adds (often a token for the beginning).
   * Special tokens written out in the text, such as <bos>, are recognised.
   */
  encode(text: string): Int32Array;
  /** Text of a sequence; tokens that have no text are left out. */
  decode(tokens: ArrayLike<number>): string;
  /**
   * Text of one token as it appears between its neighbours, with its leading space if it has one. If the token holds
   * only part of a character, its bytes, as ⟨F0 9F⟩.
   */
  readonly tokenText: (token: number) => string;
  /** Texts of tokens one after the other: joined they give the text of the sequence, every character whole. */
  textStream(): TextStream;
  /** What `encode` puts around every text. */
  readonly frame: PromptFrame;
  /** One more than the highest token. */
  readonly vocabularySize: number;
}

/**
 * A tokenizer from tokenizer.json, as text or parsed. `file` is its path, for messages. Throws InputError for what is
 * malformed or not known to give the library's tokens; so does `encode` for text that the tokenizer has no tokens for.
 */
export function createTokenizer(tokenizerJson: string | object, file: string): Tokenizer {
  const { texts, vocabularySize, addedTokens, decoder, frame, ...parts } = parseTokenizerFile(tokenizerJson, file);
  const splitAdded = addedTokenSplitter(addedTokens, parts.normalize, file);
  const classes = new Set(parts.preTokenizer.classes);
  if (addedTokens.some(({ isWord }) => isWord)) classes.add("letters");

  const decodeKnown = (tokens: readonly number[]): string =>
    decoder.decode(tokens.map((token) => texts.get(token)).filter((text) => text !== undefined));
  const anchor = findAnchor(texts);
  const anchorText = anchor === null ? "" : decodeKnown([anchor]);
  const plainText = (token: number): string => {
    // Rows of a padded embedding have no text.
    if (!texts.has(token)) return `⟨${token}⟩`;
    // Decoded after another token, because some decoders strip the beginning of a text.
    const pair = anchor === null ? "" : decodeKnown([anchor, token]);
    return pair.startsWith(anchorText) && anchor !== null ? pair.slice(anchorText.length) : decodeKnown([token]);
  };
  const bytesOf = (token: number): Uint8Array => {
    const text = texts.get(token);
    return (text !== undefined && decoder.tokenBytes(text)) || new TextEncoder().encode(plainText(token));
  };

  return {
    vocabularySize,
    frame,
    encode(text) {
      refuseHalfCharacters(text, file);
      for (const each of classes) refuseNewCharacters(text, each, file);
      const tokens = [...frame.before];
      for (const section of splitAdded(text)) {
        const pieces = typeof section === "number" ? [] : parts.preTokenizer.split(section);
        if (typeof section === "number") tokens.push(section);
        // A loop: a piece may be the whole text.
        for (const piece of pieces) for (const token of parts.encodeWord(piece.text)) tokens.push(token);
      }
      return Int32Array.from([...tokens, ...frame.behind]);
    },
    decode: (tokens) => decodeKnown(Array.from(tokens)),
    tokenText: (token) => bytesText(bytesOf(token)),
    textStream: () => createTextStream(bytesOf),
  };
}

/** The texts of a sequence, token by token. */
export function tokenTexts(tokenizer: Tokenizer, tokens: ArrayLike<number>): string[] {
  const stream = tokenizer.textStream();
  return Array.from(tokens, (token) => stream.next(token));
}

function refuseHalfCharacters(text: string, file: string): void {
  if (text.isWellFormed()) return;
  throw new InputError(`${file}: the text holds half of a character (a lone surrogate); remove it or type it again`);
}

/** A token of plain letters, after which others are decoded; null if the vocabulary has none. */
function findAnchor(texts: ReadonlyMap<number, string>): number | null {
  for (const [token, text] of texts) if (/^[A-Za-z]+$/.test(text)) return token;
  return null;
}
