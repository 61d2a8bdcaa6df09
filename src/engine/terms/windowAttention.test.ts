import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import type { GroupAttention, WindowInput } from "./windowAttention";
import { groupAttention, promptAttention, votingHeads, windowAttention, windowStatistics } from "./windowAttention";

const headDim = 8;
const lengthSlots = 9;

interface Drawn {
  readonly memberCount?: number;
  readonly windowSlots?: number;
  readonly paddingSlots?: number;
  readonly groupPooling?: "max" | "mean";
}

function drawInput({ memberCount = 2, windowSlots = 3, paddingSlots = 0, groupPooling = "max" }: Drawn): WindowInput {
  const stream = randomStream(7);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 4 * stream.uniform() - 2);
  const keys = numbers(lengthSlots * headDim);
  const queries = numbers(memberCount * windowSlots * headDim);
  return { keys, queries, headDim, windowSlots, groupPooling, paddingSlots };
}

/** Rows of A. */
function rowsOf(input: WindowInput): Float32Array[] {
  const attention = windowAttention(groupAttention(input));
  const width = attention.length / input.windowSlots;
  return Array.from({ length: input.windowSlots }, (_, row) => attention.subarray(row * width, (row + 1) * width));
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe("window attention", () => {
  it("is a softmax in each row where the KV head has one query head", () => {
    for (const row of rowsOf(drawInput({ memberCount: 1 }))) expect(sumOf(row)).toBeCloseTo(1, 6);
  });

  it("sees nothing after the query's own slot", () => {
    const rows = rowsOf(drawInput({}));
    expect([...rows[0].subarray(7)]).toEqual([0, 0]);
    expect(rows[1][8]).toBe(0);
    expect(rows[2][8]).toBeGreaterThan(0);
  });

  it("takes the larger of a group's probabilities, or their mean", () => {
    const one = drawInput({ memberCount: 1 });
    const negated = { ...one, queries: one.queries.map((value) => -value) };
    const both = { ...one, queries: Float32Array.of(...one.queries, ...negated.queries) };
    const [ofOne, ofNegated] = [one, negated].map((input) => windowAttention(groupAttention(input)));
    expect(windowAttention(groupAttention(both))).toEqual(ofOne.map((value, at) => Math.max(value, ofNegated[at])));
    windowAttention(groupAttention({ ...both, groupPooling: "mean" })).forEach((value, at) => {
      expect(value).toBeCloseTo((ofOne[at] + ofNegated[at]) / 2, 6);
    });
  });

  it("gives padding nothing, and −1 to a row that sees no key", () => {
    const rows = rowsOf(drawInput({ paddingSlots: 7 }));
    expect([...rows[0]]).toEqual(new Array(9).fill(-1));
    expect([...rows[1]]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it("survives logits far beyond the range of exp", () => {
    const input = drawInput({ memberCount: 1 });
    const huge = { ...input, queries: input.queries.map((value) => value * 1e4) };
    expect(sumOf(rowsOf(huge)[0])).toBeCloseTo(1, 6);
  });
});

describe("window statistics", () => {
  // [row of 2][slot of 4]; the last two columns are the window.
  const attention = Float32Array.of(0.1, 0.5, 0.4, 0, 0.3, 0.1, 0.2, 0.4);

  it("are mean and unbiased deviation over the rows, of the candidates only", () => {
    const { mean, deviation } = windowStatistics(attention, 2);
    expect([...mean].map((value) => value.toFixed(4))).toEqual(["0.2000", "0.3000"]);
    expect([...deviation].map((value) => value.toFixed(4))).toEqual(["0.1414", "0.2828"]);
  });

  it("have no deviation over a single row", () => {
    const { mean, deviation } = windowStatistics(attention.subarray(0, 4), 1);
    expect(mean).toEqual(attention.slice(0, 3));
    expect([...deviation]).toEqual([0, 0, 0]);
  });
});

describe("prompt attention", () => {
  it("is the column sum of window attention with a query for every slot", () => {
    const input = drawInput({ windowSlots: 9 });
    const rows = rowsOf(input);
    promptAttention(groupAttention(input)).forEach((sum, slot) => {
      expect(sum).toBeCloseTo(
        rows.reduce((total, row) => total + row[slot], 0),
        5,
      );
    });
  });

  it("counts one per query in all where the KV head has one query head, and nothing for padding", () => {
    expect(sumOf(promptAttention(groupAttention(drawInput({ memberCount: 1, windowSlots: 9 }))))).toBeCloseTo(9, 5);
    const padded = promptAttention(groupAttention(drawInput({ memberCount: 1, windowSlots: 9, paddingSlots: 4 })));
    expect([...padded.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(sumOf(padded)).toBeCloseTo(5, 5);
  });
});

describe("the voting head", () => {
  /** Three query heads over four slots, of which two are candidates: [row] of [member][slot]. */
  function votesOf(groupPooling: "max" | "mean", rows: readonly (readonly number[])[]): number[] {
    const values = Float32Array.from(
      [0, 1, 2].flatMap((member) => rows.flatMap((row) => row.slice(4 * member, 4 * member + 4))),
    );
    const shape = { stride: 4, memberCount: 3, windowSlots: rows.length, lengthSlots: 2 + rows.length };
    const group: GroupAttention = { ...shape, values, groupPooling };
    return [...votingHeads(group)];
  }

  const drawn = [
    // head 0, slots 0 … 3           head 1                          head 2
    [...[0.5, 0.125, 0.25, 0.125], ...[0.375, 0.25, 0.25, 0.125], ...[0.125, 0.375, 0.25, 0.25]],
    [...[0.125, 0.125, 0.5, 0.25], ...[0.5, 0.125, 0.25, 0.125], ...[0.75, 0.125, 0.125, 0]],
  ];

  it("is the one whose maxima make up most of S, not the one with the most attention", () => {
    // Slot 0: the maxima are 0.5 of head 0 and 0.75 of head 2. Slot 1: 0.375 of head 2, then 0.125 of all.
    expect(votesOf("max", drawn)).toEqual([2, 2]);
  });

  it("is the one with the most attention where the group is joined by its mean", () => {
    // Slot 0: 0.625, 0.875 and 0.875, the first of equals. Slot 1: 0.25, 0.375, 0.5.
    expect(votesOf("mean", drawn)).toEqual([1, 2]);
  });

  it("is the first of heads with the same maximum, and none where no head paid anything", () => {
    expect(votesOf("max", [[...[0.3, 0, 0, 0], ...[0.3, 0.1, 0, 0], ...[0.3, 0.1, 0, 0]]])).toEqual([0, 1]);
    expect(votesOf("max", [new Array<number>(12).fill(0)])).toEqual([-1, -1]);
  });

  it.each(["max", "mean"] as const)("brings at least its share of S when joined by %s", (groupPooling) => {
    const input = drawInput({ memberCount: 3, windowSlots: 4, groupPooling });
    const meanOf = (one: WindowInput) => windowStatistics(windowAttention(groupAttention(one)), 4).mean;
    const mean = meanOf(input);
    // What a head alone has, for each candidate: never less than what it brought.
    const width = 4 * headDim;
    const alone = [0, 1, 2].map((member) =>
      meanOf({ ...input, queries: input.queries.subarray(member * width, (member + 1) * width) }),
    );
    const leastShare = groupPooling === "max" ? 1 / 3 : 1;
    votingHeads(groupAttention(input)).forEach((member, at) => {
      expect(alone[member][at]).toBeGreaterThanOrEqual(leastShare * mean[at] * (1 - 1e-5));
    });
  });
});
