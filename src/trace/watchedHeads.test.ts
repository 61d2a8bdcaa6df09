import fc from "fast-check";
import { expect, it } from "vitest";
import { headCountOf, headOf, headRow } from "../cache/headRows";
import { drawTrace } from "./drawTrace.testing";
import { areScoresRecorded, isAttentionRecorded, recordedHeadCount, scoredHeadCount } from "./recorded";
import { MOST_HEADS, MOST_WATCHED, WATCHED_COUNT, watchedHeads } from "./watchedHeads";

const qwen = { layerCount: 28, kvHeadCount: 8 };

it("records every head of a small model, and of any model that is asked to", () => {
  expect(watchedHeads({ layerCount: 4, kvHeadCount: 4 }, { choice: "watched", wanted: [] })).toBeNull();
  expect(watchedHeads({ layerCount: 30, kvHeadCount: 3 }, { choice: "auto", wanted: [] })).toBeNull();
  expect(watchedHeads(qwen, { choice: "all", wanted: [] })).toBeNull();
});

it("watches heads of all layers where nobody asks for one", () => {
  const heads = watchedHeads(qwen, { choice: "auto", wanted: [] });
  expect(heads).toEqual([7, 21, 35, 49, 63, 77, 91, 105, 119, 133, 147, 161, 175, 189, 203, 217]);
});

it("watches what is wanted, as many heads as it says, and those only", () => {
  fc.assert(
    fc.property(
      fc.record({ layerCount: fc.integer({ min: 1, max: 40 }), kvHeadCount: fc.integer({ min: 1, max: 16 }) }),
      fc.array(fc.record({ layer: fc.nat(50), kvHead: fc.nat(20) }), { maxLength: 90 }),
      (grid, wanted) => {
        const headCount = headCountOf(grid);
        const heads = watchedHeads(grid, { choice: "auto", wanted });
        expect(heads === null).toBe(headCount <= MOST_HEADS);
        if (heads === null) return;
        const places = wanted.filter(({ layer, kvHead }) => layer < grid.layerCount && kvHead < grid.kvHeadCount);
        const asked = [...new Set(places.map(({ layer, kvHead }) => headOf(grid, layer, kvHead)))];
        expect(heads).toEqual([...new Set(heads)].sort((one, other) => one - other));
        expect(heads).toHaveLength(Math.max(WATCHED_COUNT, Math.min(asked.length, MOST_WATCHED)));
        for (const head of asked.slice(0, MOST_WATCHED)) expect(heads).toContain(head);
        for (const head of heads) expect(head).toBeLessThan(headCount);
      },
    ),
  );
});

it("says of every head of a step whether its attention is there", () => {
  const trace = drawTrace({ prompt: "The cat sat", watchedHeads: [1] }, "on\nthe evicts The | cat");
  const [step] = trace.steps;
  expect([0, 1].map((head) => isAttentionRecorded(step, head))).toEqual([false, true]);
  expect(recordedHeadCount(step)).toBe(1);
  expect(headRow(step.attention, 1)).toHaveLength(3);
  expect(step.attentionScale).toHaveLength(2);
  const [event] = trace.events;
  expect([areScoresRecorded(event, 0), scoredHeadCount(event)]).toEqual([true, 2]);
});
