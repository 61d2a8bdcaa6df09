// Randomness without state: every number is a hash of a seed and of its purpose, so that a run
// can be resumed at any step and a GPU kernel can draw the same numbers (see shaders/sample.wgsl).

/** PCG-RXS-M-XS permutation of a 32-bit word (O'Neill 2014), as used for hashing on GPUs (Jarzynski and Olano 2020). */
export function hashWord(word: number): number {
  const state = (Math.imul(word, 747796405) + 2891336453) >>> 0;
  const mixed = Math.imul(((state >>> ((state >>> 28) + 4)) ^ state) >>> 0, 277803737) >>> 0;
  return ((mixed >>> 22) ^ mixed) >>> 0;
}

/** A 32-bit hash of the seed and any number of integer keys; the order of the keys matters. */
export function hashWords(seed: number, ...keys: readonly number[]): number {
  return hashList(seed, keys);
}

/** The same of a list, which may be longer than the arguments of a call. */
export function hashList(seed: number, keys: Iterable<number>): number {
  let hash = hashWord(seed >>> 0);
  for (const key of keys) hash = hashWord((hash ^ (key >>> 0)) >>> 0);
  return hash;
}

/** A number in (0, 1): (23 high bits + 1/2) / 2^23, an odd multiple of 2^-24. One bit more would not be exact in float32. */
export function hashUniform(seed: number, ...keys: readonly number[]): number {
  return ((hashWords(seed, ...keys) >>> 9) + 0.5) / 8388608;
}

/** A standard normal number (Box and Muller 1958). */
export function hashNormal(seed: number, ...keys: readonly number[]): number {
  const [radius, turn] = [hashUniform(seed, ...keys, 0), hashUniform(seed, ...keys, 1)];
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * turn);
}

/** A stream of draws for generators of problems and tests: same seed, same stream. */
export interface RandomStream {
  /** A number in (0, 1). */
  uniform(): number;
  /** An integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** A shuffled copy. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item;
}

export function randomStream(seed: number): RandomStream {
  let drawCount = 0;
  const uniform = (): number => hashUniform(seed, drawCount++);
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = integer(0, last);
      const held = shuffled[last];
      shuffled[last] = shuffled[other];
      shuffled[other] = held;
    }
    return shuffled;
  };
  return { uniform, integer, shuffle, pick: (items) => items[integer(0, items.length - 1)] };
}
