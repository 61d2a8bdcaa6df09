import { expect, it } from "vitest";
import { drawnCandidates, drawnEvent, pooledTrace } from "./drawScores.testing";
import { readCandidates } from "./candidates";
import { explainedBy, spreadOf, spreadTable } from "./spread";

it("counts every candidate once in each histogram, kept apart from evicted", () => {
  const { histograms, high, highestCount } = spreadOf(drawnCandidates);
  expect(histograms.map(({ title }) => title)).toEqual(["attention part F", "redundancy R"]);
  expect(high).toBe(1);
  for (const { bins } of histograms) {
    expect(bins.reduce((sum, bin) => sum + bin.keptCount, 0)).toBe(2);
    expect(bins.reduce((sum, bin) => sum + bin.evictedCount, 0)).toBe(2);
  }
  expect(highestCount).toBe(2);
});

it("puts both histograms on one scale, and tabulates the bin that is drawn", () => {
  const spread = spreadOf(drawnCandidates);
  const [attention, redundancy] = spread.histograms;
  expect(attention.bins.at(-1)?.keptCount).toBe(1);
  expect(redundancy.bins[Math.floor(0.7 * 32)].evictedCount).toBe(1);
  const { rows } = spreadTable(drawnEvent, { layer: 0, kvHead: 0 }, spread);
  expect(rows[31]).toEqual(["attention part F", 31 / 32, 1, 1, 0]);
});

it("says how many of the evicted each part explains alone, and how many chance explains", () => {
  // By F the lowest are cat and on; by R the highest are cat and, of the equals sat and on, the higher slot.
  expect(explainedBy(drawnCandidates)).toEqual({
    evictedCount: 2,
    byAttention: 2,
    byRedundancy: 2,
    byChance: 1,
  });
  const pooled = readCandidates(pooledTrace, pooledTrace.events[0], 0);
  expect(explainedBy(pooled)).toMatchObject({ byAttention: 3, byRedundancy: null });
  expect(spreadOf(pooled).histograms.map(({ title }) => title)).toEqual(["attention part Y"]);
});
