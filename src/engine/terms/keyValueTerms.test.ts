// Terms of keys and values alone, on rows that can be checked by eye.
import { describe, expect, it } from "vitest";
import { hashNormal } from "../../lib/random";
import { rotateHeads } from "../cpu/layerOps";
import { createPlainRowProducts } from "../cpu/products";
import { keyCosine } from "./keyCosine";
import { lagSpread } from "./lagSpread";
import { leverage } from "./leverage";
import { filterProduct, projectedValueNorm, sketchNorm } from "./projectedNorms";
import { drawnMatrices } from "./termMatrices";

const rows = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

it("takes the cosine to the mean direction, whatever the keys' lengths", () => {
  // Directions → → ↑: their mean points along (2, 1).
  const cosines = keyCosine(rows(1, 0, 5, 0, 0, 2), 2);
  expect([...cosines]).toEqual([2 / Math.sqrt(5), 2 / Math.sqrt(5), 1 / Math.sqrt(5)].map(Math.fround));
  expect([...keyCosine(rows(0, 0, 1, 0), 2)]).toEqual([0, 1]);
});

it("adds up what each query head's projection makes of a value, and takes the mean over the group", () => {
  // [hidden 2][member 2][headDim 2]
  const outputWeight = rows(1, 0, 0, 1, -1, 1, 2, 0);
  const products = createPlainRowProducts();
  const norms = projectedValueNorm({ values: rows(3, 4, 0, -1), headDim: 2, memberCount: 2, outputWeight, products });
  // (3, 4): |3| + |−3 + 4| and |4| + |2·3|; (0, −1): |0| + |−1| and |−1| + |0|
  expect([...norms]).toEqual([(4 + 10) / 2, (1 + 1) / 2]);
});

it("divides a projected norm by the root of its columns", () => {
  expect([...sketchNorm(rows(3, 0, 0, 1), 2, rows(1, 1, 2, -2))]).toEqual([3, 2]);
});

it("multiplies keys with the filter", () => {
  expect([...filterProduct(rows(1, 2, -1, 0), rows(3, 1))]).toEqual([5, -3]);
});

describe("lag spread", () => {
  const flat = { headDim: 2, sinkSlots: 1, lagSlots: 2 };

  it("is the softmax of the deviation on the scale of the next block, and 1 outside the blocks compared", () => {
    //                sink   block 0        block 1 (scale 0 … 2, 0 … 4)   tail
    const keys = rows(9, 9, 0, 0, 2, 0, 0, 0, 2, 4, 7, 7);
    const values = new Float32Array(12).fill(1);
    const scores = lagSpread({ ...flat, keys, values });
    // Scaled keys of block 0: (0, 0) and (1, 0), of deviation 0 and √½. Values never change and count as 0.
    const share = 1 / (1 + Math.exp(Math.SQRT1_2));
    const expected = [1, (share + 0.5) / 2, (1 - share + 0.5) / 2, 1, 1, 1];
    scores.forEach((score, slot) => expect(score).toBeCloseTo(expected[slot], 6));
  });

  it("rises with the slot where two blocks do not fit", () => {
    const keys = rows(9, 9, 0, 0, 2, 0, 0, 0);
    expect([...lagSpread({ ...flat, keys, values: keys })]).toEqual([1, 0, 1 / 3, 2 / 3].map(Math.fround));
  });
});

describe("leverage", () => {
  const angles = (position: number): Float32Array => rows(Math.cos(position), Math.sin(position));
  const input = { headDim: 2, ropeAngles: angles, sketch: rows(1, 0, 0, 1), products: createPlainRowProducts() };

  it("is that of the keys before RoPE, and 0 for slots left out", () => {
    const positions = Int32Array.of(0, 3, 7, 8, 20, 21);
    const unturned = [rows(9, 9), rows(1, 0), rows(-1, 0), rows(0, 3), rows(0, -3), rows(9, 9)];
    const keys = unturned.map((key, slot) => {
      rotateHeads(key, angles(positions[slot]));
      return key;
    });
    const joined = Float32Array.from(keys.flatMap((key) => [...key]));
    const found = leverage({ ...input, keys: joined, positions, first: 1, end: 5 });
    // Around a mean of 0 and over √2 columns, G = diag(1, 9) + 0.01.
    const [narrow, wide] = [0.5 / 1.01, 4.5 / 9.01];
    [0, narrow, narrow, wide, wide, 0].forEach((expected, slot) => expect(found[slot]).toBeCloseTo(expected, 5));
  });

  it("survives more columns than a key has numbers, and a single slot", () => {
    const sketch = drawnMatrices(1, { headDim: 2, kvHeadCount: 1 }, null).sketch(0, 0, 8);
    const keys = rows(1, 2, 3, 4, 5, 7);
    const found = leverage({ ...input, keys, sketch, positions: Int32Array.of(0, 1, 2), first: 0, end: 3 });
    expect(found.every((score) => score > 0 && score < 1.01)).toBe(true);
    expect([...leverage({ ...input, keys, positions: Int32Array.of(0, 1, 2), first: 2, end: 3 })]).toEqual([0, 0, 0]);
  });
});

describe("drawn matrices", () => {
  const shape = { headDim: 64, kvHeadCount: 2 };

  it("follow the seed, and differ by head", () => {
    const draw = (seed: number, head: number) => [...drawnMatrices(seed, shape, null).sketch(0, head, 4)];
    expect(draw(1, 0)).toEqual(draw(1, 0));
    expect(draw(1, 0)).not.toEqual(draw(2, 0));
    expect(draw(1, 0)).not.toEqual(draw(1, 1));
  });

  it("are standard normal", () => {
    const draws = Array.from({ length: 20000 }, (_, at) => hashNormal(3, at));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const beyondTwo = draws.filter((draw) => Math.abs(draw) > 2).length / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.008);
  });
});
