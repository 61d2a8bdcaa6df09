// Text to tokens and back, through @huggingface/tokenizers.

export interface Tokenizer {
  /** Token ids of a text; special tokens written out in the text (such as <bos>) are recognised, none are added. */
  encode(text: string): Int32Array;
  /** Text of a sequence. */
  decode(tokens: ArrayLike<number>): string;
  /** Text of one token as a reader should see it next to its neighbours, its own leading space included where it has one. */
  tokenText(token: number): string;
  readonly vocabularySize: number;
}
