// The cloud of queries and what it foretells, against sampling and against cases that can be checked by eye.
import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { createPlainRowProducts } from "../cpu/products";
import { createRopeTable } from "../ropeTable";
import { expectedAttention, expectedLogits, valueLeverage } from "./expectedAttention";
import { averageRotation, bufferedQueries, queryCloud, turnedBack, turnedCloud, type QueryCloud } from "./queryCloud";

const headDim = 8;
const products = createPlainRowProducts();
const ropeTable = createRopeTable({ headDim, ropeTheta: 10000, ropeScaling: null }, 600);
const ropeAngles = (position: number) => ropeTable.subarray(position * headDim, (position + 1) * headDim);

function draw(seed: number, count: number, scale = 1): Float32Array {
  const stream = randomStream(seed);
  // Box and Muller (1958)
  return Float32Array.from(
    { length: count },
    () => scale * Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform()),
  );
}

/** Queries around a middle, and their cloud turned to the 16 positions from 40 on. */
const cloud = turnedCloud(
  queryCloud(
    draw(1, 60 * headDim, 1.2).map((value, at) => value + (at % headDim) / 8),
    headDim,
    products,
  ),
  averageRotation(ropeAngles, 40, 16),
);
const keys = draw(2, 20 * headDim, 0.8);
const still: QueryCloud = { ...cloud, covariance: new Float32Array(headDim * headDim) };

/** Lower triangle L with L·Lᵀ = matrix. */
function choleskyOf(matrix: Float32Array): Float64Array {
  const lower = new Float64Array(matrix.length);
  for (let row = 0; row < headDim; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * headDim + column];
      for (let at = 0; at < column; at++) sum -= lower[row * headDim + at] * lower[column * headDim + at];
      lower[row * headDim + column] = row === column ? Math.sqrt(sum) : sum / lower[column * headDim + column];
    }
  }
  return lower;
}

describe("the expected logit", () => {
  it("is the logarithm of the mean of exp(q·k/√d) over 100 000 draws of the cloud", () => {
    const lower = choleskyOf(cloud.covariance);
    const noise = draw(3, 1e5 * headDim);
    const sums = new Float64Array(20);
    const query = new Float64Array(headDim);
    for (let sample = 0; sample < 1e5; sample++) {
      for (let row = 0; row < headDim; row++) {
        query[row] = cloud.mean[row];
        for (let at = 0; at <= row; at++) query[row] += lower[row * headDim + at] * noise[sample * headDim + at];
      }
      for (let slot = 0; slot < 20; slot++) {
        let product = 0;
        for (let dim = 0; dim < headDim; dim++) product += query[dim] * keys[slot * headDim + dim];
        sums[slot] += Math.exp(product / Math.sqrt(headDim)) / 1e5;
      }
    }
    const logits = expectedLogits(keys, cloud, products);
    expect(Math.max(...logits)).toBeLessThan(3);
    const errors = [...logits].map((logit, slot) => Math.abs(sums[slot] / Math.exp(logit) - 1)).sort((a, b) => a - b);
    expect(errors[10]).toBeLessThan(0.005);
    expect(errors[19]).toBeLessThan(0.02);
  });

  it("is that of the mean query alone where the queries do not spread, or their spread is left out", () => {
    const expected = Array.from({ length: 20 }, (_, slot) => {
      const key = keys.subarray(slot * headDim, (slot + 1) * headDim);
      return key.reduce((sum, value, dim) => sum + value * cloud.mean[dim], 0) / Math.sqrt(headDim);
    });
    for (const logits of [expectedLogits(keys, still, products), expectedLogits(keys, cloud, products, false)]) {
      logits.forEach((logit, slot) => expect(logit).toBeCloseTo(expected[slot], 6));
    }
  });
});

describe("expected attention", () => {
  const input = { keys, values: keys, headDim, sinkSlots: 3, clouds: [cloud, still], products };

  it("gives the sinks nothing and shares 1 out among the others", () => {
    const { attention } = expectedAttention(input, true);
    expect([...attention.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(attention.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  });

  it("has a logarithm, 0 for sinks", () => {
    const { attention, logarithm } = expectedAttention(input, true);
    expect([...logarithm.subarray(0, 3)]).toEqual([0, 0, 0]);
    logarithm.subarray(3).forEach((value, slot) => expect(value).toBeCloseTo(Math.log(attention[slot + 3]), 5));
  });

  it("stays finite where the logits are far beyond what exp can hold, and its logarithm tells the slots apart", () => {
    const { attention, logarithm } = expectedAttention({ ...input, keys: keys.map((value) => value * 100) }, true);
    expect(attention.every(Number.isFinite)).toBe(true);
    expect(Math.max(...attention)).toBeGreaterThan(0.4);
    expect(logarithm.every(Number.isFinite)).toBe(true);
    const vanished = logarithm.filter((_, slot) => slot >= 3 && attention[slot] === 0);
    expect(vanished.length).toBeGreaterThan(1);
    expect(new Set(vanished).size).toBe(vanished.length);
  });

  it("is all zeros where there are only sinks", () => {
    expect(expectedAttention({ ...input, sinkSlots: 30 }, true).attention).toEqual(new Float32Array(20));
    expect(valueLeverage({ ...input, sinkSlots: 30 }, 5)).toEqual(new Float32Array(20));
  });
});

describe("the average rotation", () => {
  it("is that of the next position where only one is looked ahead to", () => {
    averageRotation(ropeAngles, 40, 1).forEach((value, at) => expect(value).toBeCloseTo(ropeAngles(40)[at], 6));
  });

  it("turns nothing where the frequencies go to 0", () => {
    const slow = createRopeTable({ headDim, ropeTheta: 1e30, ropeScaling: null }, 600);
    const rotation = averageRotation(
      (position) => slow.subarray(position * headDim, (position + 1) * headDim),
      40,
      512,
    );
    // The first pair always turns by one radian a position.
    rotation.subarray(2).forEach((value, at) => expect(value).toBeCloseTo(at % 2 === 0 ? 1 : 0, 4));
  });
});

describe("the cloud", () => {
  it("has a symmetric covariance without negative variance, also when turned", () => {
    const { covariance } = cloud;
    for (let row = 0; row < headDim; row++) {
      for (let column = 0; column < headDim; column++) {
        expect(covariance[row * headDim + column]).toBeCloseTo(covariance[column * headDim + row], 6);
      }
    }
    expect(choleskyOf(covariance).every(Number.isFinite)).toBe(true);
    for (let seed = 10; seed < 30; seed++) {
      const direction = draw(seed, headDim);
      expect(expectedLogits(direction, { ...cloud, mean: new Float32Array(headDim) }, products)[0]).toBeGreaterThan(
        -1e-6,
      );
    }
  });

  it("is that of the queries turned one by one", () => {
    const queries = draw(7, 12 * headDim);
    const rotation = averageRotation(ropeAngles, 30, 9);
    const turnedFirst = queries.slice();
    for (let at = 0; at < queries.length; at += headDim) {
      const one = queryCloud(queries.subarray(at, at + headDim), headDim, products);
      turnedFirst.set(turnedCloud(one, rotation).mean, at);
    }
    const expected = queryCloud(turnedFirst, headDim, products);
    const found = turnedCloud(queryCloud(queries, headDim, products), rotation);
    found.mean.forEach((value, dim) => expect(value).toBeCloseTo(expected.mean[dim], 5));
    found.covariance.forEach((value, at) => expect(value).toBeCloseTo(expected.covariance[at], 5));
  });

  it("is of queries as they were before their positions turned them", () => {
    const query = draw(8, headDim);
    const rows = Float32Array.from(
      [5, 6, 7].flatMap((position) => {
        const angles = ropeAngles(position);
        return Array.from({ length: headDim }, (_, dim) => {
          const [pair, half] = [dim % 4, 4];
          const [cosine, sine] = [angles[2 * pair], angles[2 * pair + 1]];
          return dim < half
            ? query[dim] * cosine - query[dim + half] * sine
            : query[dim] * cosine + query[dim - half] * sine;
        });
      }),
    );
    turnedBack(rows, headDim, (row) => ropeAngles(5 + row)).forEach((value, at) =>
      expect(value).toBeCloseTo(query[at % headDim], 6),
    );
  });

  it.each([
    ["all queries but the sinks' while the buffer holds them", 20, 128, { rowCount: 17, firstPosition: 4 }],
    ["the newest queries once the buffer is full", 200, 128, { rowCount: 128, firstPosition: 73 }],
    ["some of the sinks' queries' neighbours only", 130, 128, { rowCount: 127, firstPosition: 4 }],
    ["the newest query where there are only sinks", 2, 128, { rowCount: 1, firstPosition: 2 }],
  ])("takes %s", (_, newestPosition, queryBuffer, expected) => {
    expect(bufferedQueries(newestPosition, queryBuffer, 4)).toEqual(expected);
  });
});

describe("value leverage", () => {
  it("is higher for a value that no other stands in for", () => {
    const values = new Float32Array(5 * headDim);
    for (const slot of [0, 1, 2, 3]) values[slot * headDim] = 2; // alike
    values[4 * headDim + 1] = 2;
    const same = new Float32Array(5 * headDim).fill(1);
    const leverage = valueLeverage({ keys: same, values, headDim, sinkSlots: 0, clouds: [still], products }, 5);
    // A = I + Σ v·vᵀ: 1 + 4·4 along the first axis, 1 + 4 along the second.
    [4 / 17, 4 / 17, 4 / 17, 4 / 17, 4 / 5].forEach((value, slot) => expect(leverage[slot]).toBeCloseTo(value, 5));
  });
});
