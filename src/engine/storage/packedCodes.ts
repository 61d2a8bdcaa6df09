// Codes of 2, 3, 4 or 8 bits, one behind the other in 32-bit words, the lowest bits first. A run of codes (a slot's, or those of
// a block of slots) starts with a new word; a code of 3 bits can lie across two words.

/** Words of a run of so many codes. */
export function wordsOfRun(codeCount: number, bits: number): number {
  return Math.ceil((codeCount * bits) / 32);
}

interface Run {
  readonly words: Uint32Array;
  /** Its first word. */
  readonly first: number;
  readonly bits: number;
}

export function packRun(codes: Uint8Array, { words, first, bits }: Run): void {
  words.fill(0, first, first + wordsOfRun(codes.length, bits));
  for (let index = 0, bit = 0; index < codes.length; index++, bit += bits) {
    const word = first + (bit >>> 5);
    const shift = bit & 31;
    words[word] |= codes[index] << shift;
    if (shift + bits > 32) words[word + 1] |= codes[index] >>> (32 - shift);
  }
}

/** One code of a run. */
export function codeAt({ words, first, bits }: Run, index: number): number {
  const bit = index * bits;
  const word = first + (bit >>> 5);
  const shift = bit & 31;
  const low = words[word] >>> shift;
  const code = shift + bits > 32 ? low | (words[word + 1] << (32 - shift)) : low;
  return code & (2 ** bits - 1);
}
