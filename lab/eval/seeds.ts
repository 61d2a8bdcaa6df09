// Seeds of an experiment: its problems have the seeds from its own on, and every random eviction one derived from it.

import { hashWords } from "../../src/lib/random";

/** FNV-1a, 32 bits: a number for a text. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0;
  return hash;
}

/**
 * Seed of random eviction on a problem: of its own for every prompt, so that problems are independent draws, and the
 * same whatever the order and number of problems.
 */
export function evictionSeed(seed: number, prompt: string): number {
  return hashWords(seed, textHash(prompt));
}
