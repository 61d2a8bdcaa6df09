// Test data: the reference.json of a fixture checkpoint, made by lab/training/makeFixtures.py with transformers.

export interface ReferenceRun {
  readonly text: string;
  readonly tokens: readonly number[]; // [position]
  readonly vocabularySize: number;
  /** Logits after each position of the text, from one forward over all of it. [position][token] */
  readonly prefillLogits: Float32Array;
  /** The same, one position at a time through a KV cache. [position][token] */
  readonly stepLogits: Float32Array;
  /** Greedy continuation of the text. */
  readonly greedyTokens: readonly number[];
  /** Smallest gap between the two highest logits on the way, relative to the highest magnitude. */
  readonly leastMargin: number;
}

type StoredRun = Omit<ReferenceRun, "prefillLogits" | "stepLogits"> & {
  readonly prefillLogits: string;
  readonly stepLogits: string;
};

export function parseReferenceRun(text: string): ReferenceRun {
  const stored = JSON.parse(text) as StoredRun;
  return {
    ...stored,
    prefillLogits: decodeLogits(stored.prefillLogits),
    stepLogits: decodeLogits(stored.stepLogits),
  };
}

/** Base64 of little-endian float32. */
export function decodeLogits(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
