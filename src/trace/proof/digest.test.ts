// The digest against a plain 64-bit FNV-1a in big integers, and what it tells apart.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivorsDigest, tokensDigest } from "./digest";
import { drawTrace } from "../drawTrace.testing";

function plainDigest(tokens: readonly number[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const token of tokens) {
    for (let shift = 0; shift < 32; shift += 8) {
      hash = BigInt.asUintN(64, (hash ^ BigInt((token >>> shift) & 0xff)) * 0x100000001b3n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}

describe("tokensDigest", () => {
  it("is FNV-1a with 64 bits over little-endian words", () => {
    expect(tokensDigest([])).toBe("cbf29ce484222325");
    fc.assert(
      fc.property(fc.array(fc.integer()), (tokens) => {
        expect(tokensDigest(tokens)).toBe(plainDigest(tokens));
      }),
    );
  });

  it("tells orders apart", () => {
    expect(tokensDigest([1, 2])).not.toBe(tokensDigest([2, 1]));
  });
});

describe("survivorsDigest", () => {
  const kept = (evicted: string) => drawTrace({ prompt: "The cat sat" }, `on\nthe evicts ${evicted}\nmat`).events;

  it("tells apart which head kept what", () => {
    expect(survivorsDigest(kept("The | cat"))).not.toBe(survivorsDigest(kept("cat | The")));
    expect(survivorsDigest(kept("The | cat"))).toBe(survivorsDigest(kept("The | cat")));
  });
});
