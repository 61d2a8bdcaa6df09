import { describe, expect, it } from "vitest";
import { evenRows } from "../../cache/headRows";
import { drawTrace } from "../../trace/drawTrace.testing";
import { cloudLayout, headCloud, type HeadCloud } from "./cloudLayout";
import { foretoldTable } from "./foretoldTable";
import { foretoldWork } from "./foretoldWork";
import { headForetold } from "../../trace/foretold";
import { cloudSentence } from "./words";

const size = { width: 320, height: 250 };

/** Two query heads: one spread along the first axis about (10, 0), one along the diagonal about (0, 4). */
const cloud: HeadCloud = {
  members: [Float32Array.of(6, 0, 14, 0), Float32Array.of(-1, 3, 1, 5)],
  keys: Float32Array.of(0, 0, 12, 1, -3, -2),
  positions: Int32Array.of(2, 5, 7),
  isKept: Uint8Array.of(0, 1, 1),
  shares: [0.6, 0.1],
};

describe("the query cloud", () => {
  const layout = cloudLayout(cloud, size);
  const unit = (layout.keys[1].x - layout.keys[0].x) / 12;

  it("has one scale on both axes, up is positive, and all lies inside", () => {
    expect(layout.keys[0].y - layout.keys[1].y).toBeCloseTo(unit);
    expect(layout.origin).toEqual([layout.keys[0].x, layout.keys[0].y]);
    const { left, right, top, bottom } = layout.plot;
    for (const [x, y] of [...layout.queries, ...layout.keys.map((key) => [key.x, key.y] as const)]) {
      expect(x >= left && x <= right && y >= top && y <= bottom).toBe(true);
    }
  });

  it("draws two standard deviations about the mean of each query head", () => {
    const [wide, slanted] = layout.ellipses;
    expect(wide.x).toBeCloseTo(layout.origin[0] + 10 * unit);
    expect(wide.rx).toBeCloseTo(8 * unit);
    expect([wide.ry, wide.degrees].map(Math.abs)).toEqual([0, 0]);
    expect(slanted.rx).toBeCloseTo(2 * Math.SQRT2 * unit);
    expect(slanted.degrees).toBeCloseTo(-45); // up to the right
  });

  it("says how many queries there are and how much of their spread is seen", () => {
    expect(cloudSentence(cloud, 512)).toBe(
      "2 queries of each of 2 query heads, turned 512 positions ahead; the axes hold 70 % of their variance.",
    );
    expect([layout.xTitle, layout.yTitle]).toEqual(["axis 1, 60 % of the queries’ variance", "axis 2, 10 %"]);
  });

  it("is still a picture where nothing spreads", () => {
    const still = { ...cloud, members: [new Float32Array(4)], keys: new Float32Array(6), shares: [NaN, NaN] as const };
    const { keys, ellipses, xTitle } = cloudLayout(still, size);
    expect([...keys.flatMap(({ x, y }) => [x, y]), ellipses[0].rx].every(Number.isFinite)).toBe(true);
    expect(xTitle).toContain("– of the queries’ variance");
  });
});

describe("the cloud of an event", () => {
  const trace = drawTrace({ prompt: "The cat sat", hasEvidence: true }, "on\nthe evicts The | cat\nmat\nnow");
  const [event] = trace.events;

  it("holds what was recorded for the head, and is null where nothing was", () => {
    const [points, keys] = [evenRows(Float32Array.of(0, 0, 2, 0, 5, 5, 5, 7), 2), evenRows(new Float32Array(16), 2)];
    const recorded = { ...event, queryPoints: points, keyPoints: keys, queryVariance: Float32Array.of(4, 1) };
    const found = headCloud(recorded, 1, trace.header.model);
    expect(found?.members).toEqual([Float32Array.of(5, 5, 5, 7)]);
    expect(found?.shares).toEqual([0, 1]);
    expect(headCloud(recorded, 0, trace.header.model)?.shares).toEqual([0.25, 0]);
    expect([...(found?.isKept ?? [])]).toEqual([1, 0, 1, 1]);
    const { queryVariance: _, ...without } = recorded;
    expect(headCloud(without, 0, trace.header.model)).toBeNull();
  });

  it("adds a row for every query and key to the table", () => {
    const span = { event, firstStep: 2, lastStep: 3, fullCache: null };
    const table = foretoldTable(trace, {
      ...{ span, focus: { layer: 0, kvHead: 1 }, column: "total" },
      tested: headForetold(trace, span, 1, "total"),
      work: foretoldWork(trace, { reach: "event", others: [] }, "total"),
      cloud: headCloud(event, 1, trace.header.model),
    });
    const parts = table.rows.map(([part]) => part);
    expect(parts.filter((part) => part === "query")).toHaveLength(8);
    expect(parts.filter((part) => part === "key")).toHaveLength(4);
    expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true);
  });
});
