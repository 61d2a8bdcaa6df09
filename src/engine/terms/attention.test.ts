import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import type { AttentionInput } from "./attentionRow";
import { denseRows } from "./headRows";
import { promptAttention } from "./promptAttention";
import type { AttentionShape } from "./termInputs";
import { windowAttention } from "./windowAttention";
import { windowStatistics } from "./windowStatistics";

const shape: AttentionShape = {
  headCount: 4,
  kvHeadCount: 2,
  headDim: 8,
  lengthSlots: 9,
  windowSlots: 3,
  paddingSlots: 0,
};

function inputOf(changes: Partial<AttentionShape> = {}, groupPooling: "max" | "mean" = "max"): AttentionInput {
  const whole = { ...shape, ...changes };
  const stream = randomStream(7);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 4 * stream.uniform() - 2);
  const { kvHeadCount, headCount, lengthSlots, windowSlots, headDim } = whole;
  return {
    shape: whole,
    keys: denseRows(numbers(kvHeadCount * lengthSlots * headDim), lengthSlots, headDim),
    queries: denseRows(numbers(headCount * windowSlots * headDim), windowSlots, headDim),
    groupPooling,
  };
}

/** One row of A. */
function rowOf(attention: Float32Array, { windowSlots, lengthSlots }: AttentionShape, kvHead: number, row: number) {
  const start = (kvHead * windowSlots + row) * lengthSlots;
  return attention.subarray(start, start + lengthSlots);
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe("window attention", () => {
  it("is a softmax in each row where every KV head has one query head", () => {
    const input = inputOf({ headCount: 2 });
    const attention = windowAttention(input);
    for (const kvHead of [0, 1]) {
      for (const row of [0, 1, 2]) expect(sumOf(rowOf(attention, input.shape, kvHead, row))).toBeCloseTo(1, 6);
    }
  });

  it("sees nothing after the query's own slot", () => {
    const input = inputOf();
    const attention = windowAttention(input);
    expect([...rowOf(attention, input.shape, 1, 0).subarray(7)]).toEqual([0, 0]);
    expect(rowOf(attention, input.shape, 1, 1)[8]).toBe(0);
    expect(rowOf(attention, input.shape, 1, 2)[8]).toBeGreaterThan(0);
  });

  it("takes the larger of a group's probabilities, or their mean", () => {
    const one = inputOf({ headCount: 2 });
    const queries = one.queries.data;
    // Two query heads per KV head: the same queries once as they are, once negated.
    const rows = 3 * shape.headDim;
    const both = Float32Array.from({ length: 2 * queries.length }, (_, at) => {
      const kvHead = Math.floor(at / (2 * rows));
      const isSecond = at % (2 * rows) >= rows;
      const value = queries[kvHead * rows + (at % rows)];
      return isSecond ? -value : value;
    });
    const first = windowAttention(one);
    const negated = windowAttention({
      ...one,
      queries: denseRows(
        queries.map((value) => -value),
        3,
        shape.headDim,
      ),
    });
    const group = { ...one, shape, queries: denseRows(both, 3, shape.headDim) };
    expect(windowAttention(group)).toEqual(first.map((value, at) => Math.max(value, negated[at])));
    const means = windowAttention({ ...group, groupPooling: "mean" });
    means.forEach((value, at) => {
      expect(value).toBeCloseTo((first[at] + negated[at]) / 2, 6);
    });
  });

  it("gives padding nothing, and −1 to a row that sees no key", () => {
    const input = inputOf({ paddingSlots: 7 });
    const attention = windowAttention(input);
    expect([...rowOf(attention, input.shape, 0, 0)]).toEqual(new Array(9).fill(-1));
    expect([...rowOf(attention, input.shape, 0, 1)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it("reads a cache with spare slots and queries kept per position without a copy", () => {
    const input = inputOf();
    const { kvHeadCount, headCount, lengthSlots, windowSlots, headDim } = input.shape;
    const capacity = 12;
    const keys = new Float32Array(5 + kvHeadCount * capacity * headDim).fill(NaN);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const head = input.keys.data.subarray(kvHead * lengthSlots * headDim, (kvHead + 1) * lengthSlots * headDim);
      keys.set(head, 5 + kvHead * capacity * headDim);
    }
    const queries = new Float32Array(input.queries.data.length); // [row][head][headDim]
    for (let head = 0; head < headCount; head++) {
      for (let row = 0; row < windowSlots; row++) {
        const from = (head * windowSlots + row) * headDim;
        queries.set(input.queries.data.subarray(from, from + headDim), (row * headCount + head) * headDim);
      }
    }
    const strided: AttentionInput = {
      ...input,
      keys: { ...denseRows(keys, capacity, headDim), offset: 5 },
      queries: { data: queries, offset: 0, headStride: headDim, rowStride: headCount * headDim },
    };
    expect(windowAttention(strided)).toEqual(windowAttention(input));
  });

  it("survives logits far beyond the range of exp", () => {
    const input = inputOf({ headCount: 2 });
    const huge = {
      ...input,
      queries: denseRows(
        input.queries.data.map((value) => value * 1e4),
        3,
        shape.headDim,
      ),
    };
    expect(sumOf(rowOf(windowAttention(huge), huge.shape, 0, 0))).toBeCloseTo(1, 6);
  });
});

describe("window statistics", () => {
  // [kvHead of 1][row of 2][slot of 4]; the last two columns are the window.
  const attention = Float32Array.of(0.1, 0.5, 0.4, 0, 0.3, 0.1, 0.2, 0.4);

  it("are mean and unbiased deviation over the rows, of the candidates only", () => {
    const { mean, deviation } = windowStatistics(attention, { kvHeadCount: 1, windowSlots: 2, lengthSlots: 4 });
    expect([...mean].map((value) => value.toFixed(4))).toEqual(["0.2000", "0.3000"]);
    expect([...deviation].map((value) => value.toFixed(4))).toEqual(["0.1414", "0.2828"]);
  });

  it("have no deviation over a single row", () => {
    const { mean, deviation } = windowStatistics(attention.subarray(0, 4), {
      kvHeadCount: 1,
      windowSlots: 1,
      lengthSlots: 4,
    });
    expect(mean).toEqual(attention.slice(0, 3));
    expect([...deviation]).toEqual([0, 0, 0]);
  });
});

describe("prompt attention", () => {
  it("is the column sum of window attention with a query for every slot", () => {
    const input = inputOf({ windowSlots: 9 });
    const attention = windowAttention(input);
    const sums = promptAttention(input);
    for (const kvHead of [0, 1]) {
      for (let slot = 0; slot < 9; slot++) {
        let sum = 0;
        for (let row = 0; row < 9; row++) sum += rowOf(attention, input.shape, kvHead, row)[slot];
        expect(sums[kvHead * 9 + slot]).toBeCloseTo(sum, 5);
      }
    }
  });

  it("counts one per query in all where every KV head has one query head", () => {
    expect(sumOf(promptAttention(inputOf({ headCount: 2, windowSlots: 9 })))).toBeCloseTo(2 * 9, 5);
  });

  it("counts nothing for padding", () => {
    const sums = promptAttention(inputOf({ headCount: 2, windowSlots: 9, paddingSlots: 4 }));
    expect([...sums.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(sumOf(sums)).toBeCloseTo(2 * 5, 5);
  });
});
