// Which words of a text the embedded models know. Their tokens are whole words, split at white space.
import { tokensOf } from "../../problems/problem";
import { knownWords } from "../../problems/vocabulary";

const known: ReadonlySet<string> = new Set(knownWords);

export interface TextWords {
  readonly wordCount: number;
  /** Each once, in the order of the text. */
  readonly unknown: readonly string[];
  /** An unknown word that would be known, were its punctuation a word of its own; null where there is none. */
  readonly glued: string | null;
}

export function textWords(text: string): TextWords {
  const words = text.trim() === "" ? [] : tokensOf(text);
  const unknown = [...new Set(words.filter((word) => !known.has(word)))];
  return {
    wordCount: words.length,
    unknown,
    glued:
      unknown.find(
        (word) =>
          apart(word) !== word &&
          apart(word)
            .split(" ")
            .every((part) => known.has(part)),
      ) ?? null,
  };
}

/** "barn." as "barn ." */
export function apart(word: string): string {
  return word.replace(/([.,;:?]+)$/, " $1");
}
