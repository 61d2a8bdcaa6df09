import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { headCountOf, headRow } from "../../cache/headRows";
import { decodeRunFile } from "../../trace/file/runFile";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace.testing";
import { cacheSeenByStep, positionToSlot } from "../../trace/replay";
import { hasTaps } from "../../trace/recorded";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { allHeadRows } from "./allHeadRows";
import { isJoined, recordedRow, type AttentionSubject } from "./attentionRows";
import {
  attentionReadout,
  attentionRows,
  attentionShare,
  attentionTable,
  headsInForce,
  observationWindow,
  queryHeadsOnShow,
  rowOfStep,
  subjectLabel,
  writtenAttention,
} from "./layout";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
});
const focus = { heads: "focus", head: 0 } as const;
const all = { window: { x0: 0, x1: 7, y0: 0, y1: 4 }, subjectLabel: "layer 0, KV head 0" };

/** By replaying the cache, head by head; null where no head holds the position. */
function attentionAt(of: Trace, step: number, position: number, { heads, head }: AttentionSubject): number | null {
  const seen = cacheSeenByStep(of, step);
  const paidBy = (one: number, member: "focus" | number): number | null => {
    const recorded = recordedRow(of, step, { heads: member, head: one });
    const slot = positionToSlot(seen, one, position);
    return slot < 0 || recorded === null ? null : recorded.levels[slot] * recorded.unit;
  };
  if (!isJoined(heads)) return paidBy(head, heads);
  const headCount = headCountOf(of.header.model);
  const paid = Array.from({ length: headCount }, (_, one) => paidBy(one, "focus")).filter((share) => share !== null);
  if (paid.length === 0) return null;
  return heads === "maximum" ? Math.max(...paid) : paid.reduce((sum, share) => sum + share, 0) / headCount;
}

it("reads a cell at the position that its slot held", () => {
  expect(attentionAt(trace, 1, 0, focus)).toBeCloseTo(0.64); // the oldest slot holds "The"
  expect(attentionAt(trace, 1, 1, focus)).toBe(0);
  expect(attentionAt(trace, 3, 3, focus)).toBeCloseTo(0.64); // after the event it holds "on"
});

it("distinguishes what was evicted from what got nothing", () => {
  expect(attentionAt(trace, 3, 0, focus)).toBeNull();
  expect(attentionReadout(trace, focus, { step: 3, position: 0 })).toBe("step 3 → position 0 “The”: evicted before");
  expect(attentionReadout(trace, focus, { step: 1, position: 1 })).toBe("step 1 → position 1 “cat”: 0 %");
  expect(attentionReadout(trace, focus, { step: 1, position: 6 })).toContain("not written yet");
  expect(attentionReadout(trace, focus, { step: 3, position: null })).toBe("step 3: most to position 3 “on”, 64 %");
});

it("counts heads that evicted a token as paying nothing in the mean, and leaves them out of the maximum", () => {
  // At step 3 the heads' oldest slots hold "on", "The", "cat" and "The".
  expect(attentionAt(trace, 3, 0, { heads: "mean", head: 0 })).toBeCloseTo(0.32);
  expect(attentionAt(trace, 3, 0, { heads: "maximum", head: 0 })).toBeCloseTo(0.64);
  expect(attentionAt(trace, 3, 2, { heads: "maximum", head: 0 })).toBeNull();
  const readout = (position: number): string =>
    attentionReadout(trace, { heads: "mean", head: 0 }, { step: 3, position });
  expect([readout(0), readout(2)].map((words) => words.split(": ")[1])).toEqual([
    "32 %",
    "evicted before by every head",
  ]);
});

it("outlines the window of the last event: its rows and their own columns", () => {
  expect(observationWindow(trace, 1)).toBeNull();
  expect(observationWindow(trace, 3)).toEqual({ eventStep: 2, rows: [2, 2], columns: [5, 5] });
});

it("knows a run whose attention was not recorded", () => {
  const bare = drawTrace({ prompt: "a b", hasTaps: false }, "c\nd");
  expect([hasTaps(bare), hasTaps(trace)]).toEqual([false, true]);
  expect(attentionAt(bare, 1, 0, focus)).toBeNull();
});

it("holds in its table what the picture draws, newest step first", () => {
  const { rows, columns } = attentionTable(trace, 3, focus, all);
  expect(rows[0]).toEqual([3, 3, "on", attentionAt(trace, 3, 3, focus)]);
  expect(rows[0]).toHaveLength(columns.length);
  const slotCount = [0, 1, 2, 3].reduce((sum, step) => sum + trace.steps[step].lengths[0], 0);
  expect(rows).toHaveLength(slotCount);
});

it("lists only the part in sight", () => {
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
    const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
    if (!hasTaps(random)) continue;
    for (let step = 0; step < random.steps.length; step++) {
      const seen = cacheSeenByStep(random, step);
      for (let head = 0; head < headCountOf(random.header.model); head++) {
        const row = rowOfStep(random, step, { heads: "focus", head });
        expect(row.map(({ position }) => position)).toEqual([...headRow(seen, head)]);
        for (const { position, paid } of row) {
          expect(attentionAt(random, step, position, { heads: "focus", head })).toBe(paid);
        }
      }
    }
  }
});

it.each([1, 3, 8, 21])("joins heads row by row as it does cell by cell, run %i", (seed) => {
  const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
  expect(hasTaps(random)).toBe(true);
  for (const heads of ["mean", "maximum"] as const) {
    for (let step = 0; step < random.steps.length; step++) {
      const row = new Map(rowOfStep(random, step, { heads, head: 0 }).map(({ position, paid }) => [position, paid]));
      for (let position = 0; position < random.header.promptTokens.length + step; position++) {
        const cell = attentionAt(random, step, position, { heads, head: 0 });
        expect(row.has(position)).toBe(cell !== null);
        if (cell !== null) expect(row.get(position)).toBeCloseTo(cell, 5);
      }
    }
  }
});

it("joins each row once, when it is asked for, and keeps it", () => {
  const rows = allHeadRows(trace, "mean");
  expect([rows.isReady(2), rows.readyCount()]).toEqual([false, 0]);
  rows.join(2);
  const row = rows.row(2);
  rows.join(2);
  expect(rows.row(2)).toBe(row);
  expect([rows.isReady(2), rows.isReady(3), rows.readyCount()]).toEqual([true, false, 1]);
  expect(rows.largest()).toBeCloseTo(0.64);
  expect(allHeadRows(trace, "mean")).toBe(rows);
});

it("knows where the scale of the maximum ends before a row is joined", () => {
  expect(allHeadRows(trace, "maximum").largest()).toBeCloseTo(0.64);
});

describe("query heads recorded one by one", () => {
  const headed = drawTrace(
    { prompt: "a b c", groupSize: 2, hasHeadTaps: true, windowSlots: 1 },
    "d\ne evicts a | b\nf",
  );

  it("make up the row of their KV head by their largest", () => {
    for (let step = 0; step < headed.steps.length; step++) {
      for (const head of [0, 1]) {
        const rows = [0, 1].map((heads) => rowOfStep(headed, step, { heads, head }));
        const joined = rowOfStep(headed, step, { heads: "focus", head });
        joined.forEach(({ position, paid }, at) => {
          expect(rows.map((row) => row[at].position)).toEqual([position, position]);
          expect(Math.max(...rows.map((row) => row[at].paid))).toBeCloseTo(paid, 6);
        });
        expect(rows[0]).not.toEqual(rows[1]);
      }
    }
  });

  it("stand in the table as in the picture, cell by cell", () => {
    const subject = { heads: 1, head: 1 };
    const { rows } = attentionTable(headed, 2, subject, { window: { x0: 0, x1: 5, y0: 0, y1: 3 }, subjectLabel: "x" });
    expect(rows.length).toBeGreaterThan(8);
    for (const [step, position, , paid] of rows) {
      expect(attentionAt(headed, Number(step), Number(position), subject)).toBe(paid);
    }
  });

  it("are offered by their number in the layer, and only where the run kept them", () => {
    expect(queryHeadsOnShow(headed, { layer: 0, kvHead: 1 })).toEqual([2, 3]);
    expect(queryHeadsOnShow(trace, { layer: 0, kvHead: 1 })).toEqual([]);
    expect(subjectLabel(headed, 1, { layer: 0, kvHead: 1 })).toBe("layer 0, KV head 1, query head 3");
    expect([1, 2, "mean" as const].map((heads) => headsInForce(headed, heads))).toEqual([1, "focus", "mean"]);
    expect(headsInForce(trace, 1)).toBe("focus");
  });

  it("end their scale of colours where their group's does", () => {
    const [one, group] = [1, "focus" as const].map((heads) => attentionRows(headed, { heads, head: 1 }).largest());
    expect(one).toBe(group);
  });
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
  expect(row).toHaveLength(recorded.steps[step].lengths[0]);
  const largest = Math.max(...row.map(({ paid }) => paid));
  expect(largest).toBeCloseTo(recorded.steps[step].attentionScale[0], 6);
});
