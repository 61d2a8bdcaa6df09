// Short fingerprints of what a run did, so that a link can say whether replaying it gave the same tokens.
// FNV-1a with 64 bits (Fowler, Noll, Vo): synchronous, works outside secure contexts; finds differences, proves nothing to an adversary.

import { hashWord } from "../../lib/random";
import { survivingPositions } from "../replay";
import type { EvictionEvent } from "../trace";

/** Digest of a sequence of tokens: 16 hexadecimal digits. */
export function tokensDigest(tokens: ArrayLike<number>): string {
  const digest = createDigest();
  digest.add(tokens);
  return digest.text();
}

/** Digest of which positions every event left in every head: 16 hexadecimal digits. */
export function survivorsDigest(events: readonly EvictionEvent[]): string {
  const digest = createDigest();
  for (const event of events) {
    digest.add([event.step]);
    digest.add(survivingPositions(event).values);
  }
  return digest.text();
}

export interface Digest {
  readonly add: (words: ArrayLike<number>) => void;
  /** Of all words so far: 16 hexadecimal digits. */
  readonly text: () => string;
  /** 6 bits of it, mixed once more. */
  readonly mark: () => number;
}

/** FNV-1a over 32-bit words, each fed as four bytes, low byte first. */
export function createDigest(): Digest {
  // The 64-bit state in two halves; the prime is 2^40 + 0x1b3.
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  return {
    add(words) {
      for (let place = 0; place < words.length; place++) {
        const word = words[place];
        for (let shift = 0; shift < 32; shift += 8) {
          low = (low ^ ((word >>> shift) & 0xff)) >>> 0;
          const product = low * 0x1b3; // below 2^41: exact
          const carry = Math.floor(product / 0x100000000);
          high = (Math.imul(high, 0x1b3) + carry + (low << 8)) >>> 0;
          low = product >>> 0;
        }
      }
    },
    text: () => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0"),
    mark: () => hashWord((high ^ low) >>> 0) >>> 26,
  };
}
