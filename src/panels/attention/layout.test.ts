import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { decodeRunFile } from "../../trace/runFile";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace";
import { cacheSeenByStep, headPositions } from "../../trace/replay";
import { drawScoredTrace } from "../drawScoredTrace";
import { NOBODY, allHeadRows, joinedRow } from "./allHeadRows";
import { attentionTable } from "./attentionTable";
import {
  attentionAt,
  attentionReadout,
  attentionShare,
  hasAttention,
  observationWindow,
  rowOfStep,
  writtenAttention,
} from "./layout";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, gone: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
});
const focus = { heads: "focus", head: 0 } as const;
const all = { window: { x0: 0, x1: 7, y0: 0, y1: 4 }, subjectLabel: "layer 0, KV head 0" };

it("reads a cell at the position that its slot held", () => {
  expect(attentionAt(trace, 1, 0, focus)).toBeCloseTo(0.64); // the oldest slot holds "The"
  expect(attentionAt(trace, 1, 1, focus)).toBe(0);
  expect(attentionAt(trace, 3, 3, focus)).toBeCloseTo(0.64); // after the event it holds "on"
});

it("tells what was evicted from what got nothing", () => {
  expect(attentionAt(trace, 3, 0, focus)).toBeNull();
  expect(attentionReadout(trace, focus, { step: 3, position: 0 })).toBe("step 3 → position 0 “The”: evicted before");
  expect(attentionReadout(trace, focus, { step: 1, position: 1 })).toBe("step 1 → position 1 “cat”: 0 %");
  expect(attentionReadout(trace, focus, { step: 1, position: 6 })).toContain("not written yet");
  expect(attentionReadout(trace, focus, { step: 3, position: null })).toBe("step 3: most to position 3 “on”, 64 %");
});

it("counts heads that let a token go as paying nothing in the mean, and leaves them out of the maximum", () => {
  // At step 3 the heads' oldest slots hold "on", "The", "cat" and "The".
  expect(attentionAt(trace, 3, 0, { heads: "mean", head: 0 })).toBeCloseTo(0.32);
  expect(attentionAt(trace, 3, 0, { heads: "maximum", head: 0 })).toBeCloseTo(0.64);
  expect(attentionAt(trace, 3, 2, { heads: "maximum", head: 0 })).toBeNull();
});

it("outlines the window of the last event: its rows and their own columns", () => {
  expect(observationWindow(trace, 1)).toBeNull();
  expect(observationWindow(trace, 3)).toEqual({ eventStep: 2, rows: [2, 2], columns: [5, 5] });
});

it("knows a run whose attention was not recorded", () => {
  const bare = drawTrace({ prompt: "a b", hasTaps: false }, "c\nd");
  expect([hasAttention(bare), hasAttention(trace)]).toEqual([false, true]);
  expect(attentionAt(bare, 1, 0, focus)).toBeNull();
});

it("holds in its table what the picture draws, newest step first", () => {
  const { rows, columns } = attentionTable(trace, 3, focus, all);
  expect(rows[0]).toEqual([3, 3, "on", attentionAt(trace, 3, 3, focus)]);
  expect(rows[0]).toHaveLength(columns.length);
  const slotCount = [0, 1, 2, 3].reduce((sum, step) => sum + trace.steps[step].lengthSlots, 0);
  expect(rows).toHaveLength(slotCount);
});

it("lists only the part on show", () => {
  const window = { x0: 1, x1: 3, y0: 0, y1: 2 };
  const { rows } = attentionTable(trace, 3, focus, { ...all, window });
  expect(rows.map(([step, position]) => [step, position])).toEqual([
    [1, 1],
    [1, 2],
    [0, 1],
    [0, 2],
  ]);
});

it("places every slot of any run where the replayed cache has it", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = drawRandomTrace(seed);
    const { layerCount, kvHeadCount } = random.header.model;
    if (!hasAttention(random)) continue;
    for (let step = 0; step < random.steps.length; step++) {
      const seen = cacheSeenByStep(random, step);
      for (let head = 0; head < layerCount * kvHeadCount; head++) {
        const row = rowOfStep(random, step, { heads: "focus", head });
        expect(row.map(({ position }) => position)).toEqual([...headPositions(seen, head)]);
        for (const { position, paid } of row) {
          expect(attentionAt(random, step, position, { heads: "focus", head })).toBe(paid);
        }
      }
    }
  }
});

it("joins heads row by row as it does cell by cell", () => {
  const random = drawRandomTrace(3);
  const step = random.steps.length - 1;
  for (const heads of ["mean", "maximum"] as const) {
    joinedRow(random, step, heads).forEach((paid, position) => {
      const cell = attentionAt(random, step, position, { heads, head: 0 });
      expect(paid).toBeCloseTo(cell ?? NOBODY, 5);
    });
  }
});

it("joins in portions, and goes on where it stopped", () => {
  const rows = allHeadRows(trace, "mean");
  let asked = 0;
  expect(rows.extend(() => asked++ === 2)).toBe(2);
  expect(rows.extend(() => false)).toBe(4);
  expect(rows.largest()).toBeCloseTo(0.64);
  expect(allHeadRows(trace, "mean")).toBe(rows);
});

it("shows small attention on a root scale, and what lies above the range as its end", () => {
  expect(attentionShare(0.25, 1, "root")).toBe(0.5);
  expect(attentionShare(0.25, 0.5, "linear")).toBe(0.5);
  expect(attentionShare(2, 1, "linear")).toBe(1);
});

it("writes a share with a tenth where that says something", () => {
  expect([0.0314, 0.42, 0, 0.0001].map(writtenAttention)).toEqual(["3.1 %", "42 %", "0 %", "< 0.05 %"]);
});

it("reads a recorded run", async () => {
  const bytes = await readFile(new URL("../../../public/runs/walk-gkv.winnow", import.meta.url));
  const recorded = await decodeRunFile(bytes, "walk-gkv.winnow");
  const step = recorded.steps.length - 1;
  const row = rowOfStep(recorded, step, focus);
  expect(row).toHaveLength(recorded.steps[step].lengthSlots);
  const largest = Math.max(...row.map(({ paid }) => paid));
  expect(largest).toBeCloseTo(recorded.steps[step].attentionScale[0], 6);
});
