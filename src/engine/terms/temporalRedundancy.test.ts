import { expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { patchesBySlot, temporalRedundancy } from "./temporalRedundancy";

const [headDim, frameTokens, frameCount] = [8, 9, 6];
const isChanging = (patch: number): boolean => patch === 2 || patch === 7;

/** Six frames of nine patches, two of which are new in every frame; `stretch` makes each key longer than the one before. */
function drawKeys(seed: number, stretch = 1): Float32Array {
  const stream = randomStream(seed);
  const vector = (): number[] => Array.from({ length: headDim }, () => stream.uniform() - 0.5);
  const still = Array.from({ length: frameTokens }, vector);
  return Float32Array.from(
    Array.from({ length: frameCount * frameTokens }, (_, slot) => {
      const patch = slot % frameTokens;
      const key = isChanging(patch) ? vector() : still[patch];
      return key.map((number) => number * stretch ** slot);
    }).flat(),
  );
}

function scores(keys: Float32Array, patches: Int32Array, recentFrames = 2): number[] {
  return [...temporalRedundancy({ keys, headDim, patches, frameTokens, recentFrames })];
}

it("is −1 where a patch is the same in every frame, whatever the length of its key", () => {
  const patches = patchesBySlot(frameCount * frameTokens, frameTokens, 0);
  scores(drawKeys(1, 1.1), patches).forEach((score, slot) => {
    const isPast = slot < (frameCount - 2) * frameTokens;
    if (isPast && !isChanging(patches[slot])) expect(score).toBeCloseTo(-1, 5);
    if (!isPast) expect(score).toBe(0);
  });
});

it("puts patches that change before every one that does not", () => {
  const patches = patchesBySlot(frameCount * frameTokens, frameTokens, 0);
  for (let seed = 0; seed < 42; seed++) {
    const past = scores(drawKeys(seed), patches).slice(0, (frameCount - 2) * frameTokens);
    const of = (wanted: boolean): number[] => past.filter((_, slot) => isChanging(patches[slot]) === wanted);
    expect(Math.min(...of(true))).toBeGreaterThan(Math.max(...of(false)));
  }
});

it("compares by the patch that a slot carries, where the code takes the slot's place", () => {
  // The first frame has lost its first patch: from there on the code compares patch j + 1 with patch j.
  const keys = drawKeys(5).subarray(headDim);
  const carried = Int32Array.from({ length: frameCount * frameTokens - 1 }, (_, slot) => (slot + 1) % frameTokens);
  const still = (found: readonly number[]): number =>
    found.filter((score, slot) => slot < 3 * frameTokens && !isChanging(carried[slot]) && Math.abs(score + 1) < 1e-5)
      .length;
  expect(still(scores(keys, carried))).toBeGreaterThan(15);
  expect(still(scores(keys, patchesBySlot(carried.length, frameTokens, 0)))).toBe(0);
});

it("leaves what stands before the first frame out", () => {
  const keys = new Float32Array(drawKeys(2).length + 3 * headDim).fill(1);
  keys.set(drawKeys(2), 3 * headDim);
  expect([...patchesBySlot(6, 2, 3)]).toEqual([-1, -1, -1, 0, 1, 0]);
  const found = scores(keys, patchesBySlot(frameCount * frameTokens + 3, frameTokens, 3));
  expect(found.slice(0, 3)).toEqual([0, 0, 0]);
  expect(found.slice(3)).toEqual(scores(drawKeys(2), patchesBySlot(frameCount * frameTokens, frameTokens, 0)));
});
