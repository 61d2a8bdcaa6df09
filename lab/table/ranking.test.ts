import { describe, expect, it } from "vitest";
import { drawTable } from "../../src/experiment/drawTable.testing";
import { pairedDifference, rankedAt } from "./ranking";

const table = drawTable(`
  walk gkv w16      .25 eeeewwww
  walk snapKv w16   .25 eeewwwww
  walk rKv w16      .25 wwwweeer
  walk h2o w16      .25 eeeeeeee
  story gkv w16     .25 eeeeeeee
  story snapKv w16  .25 eeeeeeee
  story rKv w16     .25 eeeeeeew`);

describe("rankedAt", () => {
  it("has the mean of the families, the best first, and leaves out what lacks a family", () => {
    expect(rankedAt(table, 0.25).map(({ columnId, right }) => [columnId, right])).toEqual([
      ["gkv", 0.75],
      ["snapKv", 0.6875],
      ["rKv", 0.6875],
    ]);
    expect(rankedAt(table, 0.5)).toEqual([]);
  });

  it("tells how far behind the best each is, problem by problem", () => {
    const [best, alike, unlike] = rankedAt(table, 0.25);
    expect(best.behindBest).toBeNull();
    expect([alike, unlike].map(({ behindBest }) => behindBest?.difference)).toEqual([0.0625, 0.0625]);
    // The second differs on one problem of sixteen, the third on nine.
    expect(alike.behindBest?.error).toBeCloseTo(0.0625, 12);
    expect(unlike.behindBest?.error).toBeGreaterThan(0.15);
  });
});

it("finds no difference of a policy and itself", () => {
  const [{ cells }] = rankedAt(table, 0.25);
  expect(pairedDifference(cells, cells)).toEqual({ difference: 0, error: 0 });
});
