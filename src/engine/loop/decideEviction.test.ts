// Events whose budgets differ from head to head, on made-up terms: what each head keeps, carries and scores next.
import { describe, expect, it } from "vitest";
import { appendPositions, emptyCache, type CacheState } from "../../cache/cacheState";
import { headRow, newRows, offsetsOf, rowLengths } from "../../cache/headRows";
import { hashUniform } from "../../lib/random";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { Measured } from "../backend";
import { decideEviction } from "./decideEviction";

const policy = policyById("gkv");
const parameters = effectiveParameters(policy, { windowSlots: 3, smoothing: "max", redundancy: "none" });
const share = (): Int32Array => Int32Array.of(5, 9);

function decide(cache: CacheState, event: number) {
  const lengths = rowLengths(cache.positions);
  const { offsets, values } = newRows(offsetsOf(lengths.map((length) => length - 3)), Float32Array);
  const windowAttention = { offsets, values: values.map((_, at) => hashUniform(event, at)) };
  const redundancy = { offsets, values: values.map((_, at) => hashUniform(event + 9, at)) };
  const terms: Measured["terms"] = { windowAttention, redundancy };
  return decideEviction({ policy, parameters, promptCount: 12, event, step: 8 * event, share }, cache, { terms });
}

describe("budgets that differ from head to head", () => {
  const full = appendPositions(emptyCache({ layerCount: 1, kvHeadCount: 2 }), 0, 12);
  const first = decide(full, 0);
  const second = decide(appendPositions(first.cache, 12, 8), 1);

  it("are what each head keeps, the window included", () => {
    expect([...rowLengths(first.eviction.survivors)]).toEqual([5, 9]);
    expect(first.eviction.budgetSlots).toBe(7);
    expect([...rowLengths(first.cache.positions)]).toEqual([5, 9]);
    for (const head of [0, 1]) expect([...headRow(first.cache.positions, head)].slice(-3)).toEqual([9, 10, 11]);
  });

  it("leave each head the scores of its own survivors, which the next event reads", () => {
    expect([...rowLengths(first.cache.carried)]).toEqual([2, 6]);
    expect([...rowLengths(second.eviction.positionsBefore)]).toEqual([13, 17]);
    expect([...rowLengths(second.eviction.total)]).toEqual([10, 14]);
    for (const head of [0, 1]) {
      const carried = headRow(first.cache.carried, head);
      const history = headRow(second.eviction.parts.history, head);
      expect([...history.subarray(0, carried.length)]).toEqual(
        Array.from(carried, (score) => Math.fround(parameters.alpha * score)),
      );
      expect(history.subarray(carried.length).every(Number.isNaN)).toBe(true);
    }
  });
});
