import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headCountOf, headRow } from "../../cache/headRows";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { onlyKept } from "./onlyKept";
import { cacheAfterStep } from "../replay";
import type { Trace } from "../trace";

const run = { prompt: "The cat sat on the mat", windowSlots: 1 };
const first = drawTrace(run, "and\nslept  evicts The cat | sat on\nwell");
const second = drawTrace(run, "and\nslept  evicts The sat | The cat\nwell");
const third = drawTrace(run, "and\nslept\nwell  evicts cat | The");

function kept(traces: readonly Trace[], step: number, head: number | null): number[][] {
  return onlyKept(
    traces.map((trace) => ({ trace, step })),
    head,
  ).headCounts.map((counts) => [...counts]);
}

describe("what one lane alone keeps", () => {
  it("is held by it and by no other lane in that head", () => {
    // KV head 0: the first lane evicts The and cat, the second The and sat.
    expect(kept([first, second], 1, 0)).toEqual([
      [0, 0, 1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0],
    ]);
    expect(kept([first, second], 1, 1)).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [0, 0, 1, 1, 0, 0, 0],
    ]);
  });

  it("adds up over heads", () => {
    expect(kept([first, second], 1, null)).toEqual([
      [1, 1, 1, 0, 0, 0, 0],
      [0, 1, 1, 1, 0, 0, 0],
    ]);
  });

  it("is nothing before the first event, and follows events and lanes", () => {
    expect(kept([first, second], 0, null)).toEqual([[], []]);
    expect(kept([first, third], 1, 0)[1].slice(0, 3)).toEqual([1, 1, 0]);
    expect(kept([first, third], 2, 0)[1].slice(0, 3)).toEqual([1, 0, 0]);
    expect(kept([first, second, third], 2, 0)).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("ends where the lanes' tokens part", () => {
    const parted = { ...second, steps: second.steps.map((record) => ({ ...record, token: 90 + record.step })) };
    const found = onlyKept(
      [first, parted].map((trace) => ({ trace, step: 2 })),
      null,
    );
    expect(found).toMatchObject({ comparedCount: 6, isCutByDivergence: true });
    expect(found.headCounts[0]).toHaveLength(6);
  });

  it("agrees with the replayed caches, whatever the runs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 23 }), (seed, at) => {
        const trace = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
        const step = Math.min(at, trace.steps.length - 1);
        const whole = { ...trace, events: [] };
        const counts = kept([trace, whole], step, null);
        const cache = cacheAfterStep(trace, step);
        counts[1].forEach((count, position) => {
          let missing = 0;
          for (let head = 0; head < headCountOf(trace.header.model); head++) {
            if (!headRow(cache, head).includes(position)) missing++;
          }
          expect(count).toBe(missing);
        });
        expect(counts[0].every((count) => count === 0)).toBe(true);
      }),
    );
  });
});
