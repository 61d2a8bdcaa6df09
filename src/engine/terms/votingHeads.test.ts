// Who voted, from probabilities drawn by hand and from keys and queries.
import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { denseRows } from "./headRows";
import type { AttentionShape } from "./termInputs";
import { createVoteCount, votingHeads } from "./votingHeads";
import { windowAttention } from "./windowAttention";
import { windowStatistics } from "./windowStatistics";

/** Two KV heads of three query heads each, two rows of queries over four slots: two candidates. */
const shape: AttentionShape = {
  headCount: 6,
  kvHeadCount: 2,
  headDim: 4,
  lengthSlots: 4,
  windowSlots: 2,
  paddingSlots: 0,
};

/** The first KV head's rows as pictures, [row] of [member][slot]; the second KV head receives nothing. */
function votesOf(groupPooling: "max" | "mean", rows: readonly (readonly number[])[]): number[] {
  const votes = createVoteCount({ shape, groupPooling });
  for (const row of rows) votes.add(0, Float32Array.from(row));
  return [...votes.votingHeads()];
}

const drawn = [
  // head 0, slots 0 … 3           head 1                          head 2
  [...[0.5, 0.125, 0.25, 0.125], ...[0.375, 0.25, 0.25, 0.125], ...[0.125, 0.375, 0.25, 0.25]],
  [...[0.125, 0.125, 0.5, 0.25], ...[0.5, 0.125, 0.25, 0.125], ...[0.75, 0.125, 0.125, 0]],
];

describe("the voting head", () => {
  it("is the one whose maxima make up most of S, not the one with the most attention", () => {
    // Slot 0: the maxima are 0.5 of head 0 and 0.75 of head 2. Slot 1: 0.375 of head 2, then 0.125 of all.
    expect(votesOf("max", drawn)).toEqual([2, 2, -1, -1]);
  });

  it("is the one with the most attention where the group is joined by its mean", () => {
    // Slot 0: 0.625, 0.875 and 0.875, the first of equals. Slot 1: 0.25, 0.375, 0.5.
    expect(votesOf("mean", drawn)).toEqual([1, 2, -1, -1]);
  });

  it("is the first of heads with the same maximum", () => {
    expect(votesOf("max", [[...[0.3, 0, 0, 0], ...[0.3, 0.1, 0, 0], ...[0.3, 0.1, 0, 0]]])).toEqual([0, 1, -1, -1]);
  });

  it("is nobody where nobody paid anything", () => {
    expect(votesOf("max", [new Array<number>(12).fill(0)])).toEqual([-1, -1, -1, -1]);
  });

  it.each(["max", "mean"] as const)("brings at least its share of S when joined by %s", (groupPooling) => {
    const larger = { ...shape, lengthSlots: 20, windowSlots: 5 };
    const stream = randomStream(3);
    const numbers = (count: number) => Float32Array.from({ length: count }, () => 6 * stream.uniform() - 3);
    const keys = denseRows(numbers(2 * 20 * 4), 20, 4);
    const all = numbers(6 * 5 * 4);
    const input = { shape: larger, keys, queries: denseRows(all, 5, 4), groupPooling };
    const chosen = votingHeads(input);
    const { mean } = windowStatistics(windowAttention(input), larger);
    // What head `member` alone has, for each candidate: never less than what it brought.
    const alone = [0, 1, 2].map((member) => {
      const own = Float32Array.from(
        [0, 1].flatMap((kvHead) => [...all.subarray((kvHead * 3 + member) * 20).subarray(0, 20)]),
      );
      const single = { ...larger, headCount: 2 };
      const attention = windowAttention({ ...input, shape: single, queries: denseRows(own, 5, 4) });
      return windowStatistics(attention, single).mean;
    });
    const leastShare = groupPooling === "max" ? 1 / 3 : 1;
    chosen.forEach((member, at) => {
      expect(alone[member][at]).toBeGreaterThanOrEqual(leastShare * mean[at] * (1 - 1e-5));
    });
    expect(new Set(chosen)).toEqual(new Set([0, 1, 2]));
  });
});
