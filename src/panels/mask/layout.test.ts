import { describe, expect, it } from "vitest";
import { headCountOf, headRow } from "../../cache/headRows";
import { withMerges, withReads } from "../../trace/drawDepartures.testing";
import { historyMask } from "../../../lab/golden/masks";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import { survivingPositions } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { cellGrid, firstPixelFrom, partOfAxis } from "../../ui/zoom/zoomFrame";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { lagSteps, maskCounts, maskReadout, maskTable } from "./layout";
import { cutRuns } from "./maskBand";
import { maskColours, maskImage } from "./maskImage";
import { maskLives, type MaskSubject } from "./maskLives";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept well .",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] },
    { step: 4, evicted: ["on the", "The the", "cat the", "The on"] },
  ],
});

/** What the mask's image counts at one bin per cell, and with it what training would see. [step][position] */
function drawnMasks(run: Trace, subject: MaskSubject) {
  const stepCount = run.steps.length;
  const promptCount = run.header.promptTokens.length;
  const columnCount = promptCount + stepCount - 1;
  const grid = cellGrid({ x0: 0, x1: columnCount, y0: 0, y1: stepCount }, { width: columnCount, height: stepCount });
  const { visible, lagging } = maskImage(maskLives(run, subject), grid, {
    promptCount,
    lastStep: stepCount - 1,
    lagSteps: lagSteps(run),
  });
  return { visible, training: visible.map((count, bin) => count + (lagging?.[bin] ?? 0)) };
}

/** The plain form of the mask over all tokens, cut to the rows of decode steps. [step][position] */
function plainMask(run: Trace, head: number, isLagging: boolean): number[] {
  const promptCount = run.header.promptTokens.length;
  const tokenCount = promptCount + run.steps.length - 1;
  const history = run.events.map((event) => {
    const all = isLagging ? event.positionsBefore : survivingPositions(event);
    return { startRow: promptCount + event.step, positions: headRow(all, head) };
  });
  return [...historyMask(history, { tokenCount, paddingCount: 0 }).subarray((promptCount - 1) * tokenCount)];
}

it("is the plain form's true mask for every head of any run", () => {
  for (let seed = 0; seed < 40; seed++) {
    const run = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
    const headCount = headCountOf(run.header.model);
    for (let head = 0; head < headCount; head++) {
      expect([...drawnMasks(run, head).visible]).toEqual(plainMask(run, head, false));
    }
  }
});

it("lags as the plain form does when it is given the sets before each compression", () => {
  for (let head = 0; head < 4; head++) {
    expect([...drawnMasks(trace, head).training]).toEqual(plainMask(trace, head, true));
  }
});

it("counts over all heads what single heads see", () => {
  const single = [0, 1, 2, 3].map((head) => drawnMasks(trace, head).visible);
  const sum = single[0].map((_, bin) => single.reduce((total, visible) => total + visible[bin], 0));
  expect([...drawnMasks(trace, null).visible]).toEqual([...sum]);
});

it("counts the cells in which the training mask differs", () => {
  const { visible, training } = drawnMasks(trace, 0);
  const counts = maskCounts(trace, 5, 0);
  const total = (mask: Float32Array): number => mask.reduce((sum, cell) => sum + cell, 0);
  expect(counts.visibleCells).toBe(total(visible));
  expect(counts.laggingCells).toBe(total(training) - total(visible));
  expect(counts.laggingCells).toBe(3 * 2 + 2 * 1);
  expect(counts.writtenCells).toBe(4 + 5 + 6 + 7 + 8 + 9);
  expect(maskCounts(trace, 2, 0).laggingCells).toBe(0);
});

it("keeps sums when cells share a pixel, and draws nothing after the shown step", () => {
  const run = { promptCount: 4, lastStep: 4, lagSteps: 2 };
  const whole = { x0: 0, x1: 9, y0: 0, y1: 6 };
  const fine = maskImage(maskLives(trace, 1), cellGrid(whole, { width: 90, height: 60 }), run);
  const coarse = maskImage(maskLives(trace, 1), cellGrid(whole, { width: 4, height: 2 }), run);
  const total = (cells: Float32Array | null): number => [...(cells ?? [])].reduce((sum, cell) => sum + cell, 0);
  expect(total(coarse.visible)).toBe(maskCounts(trace, 4, 1).visibleCells);
  expect([total(coarse.written), total(coarse.lagging)]).toEqual([total(fine.written), total(fine.lagging)]);
  expect(total(fine.written)).toBe(4 + 5 + 6 + 7 + 8);
});

it("counts a part on show as the same part of the whole", () => {
  const run = { promptCount: 4, lastStep: 5, lagSteps: 2 };
  const part = cellGrid({ x0: 2, x1: 8, y0: 3, y1: 6 }, { width: 60, height: 30 });
  const { visible } = maskImage(maskLives(trace, 2), part, run);
  const whole = drawnMasks(trace, 2).visible;
  const expected = [3, 4, 5].flatMap((step) => [...whole.subarray(step * 9 + 2, step * 9 + 8)]);
  expect([...visible]).toEqual(expected);
});

it("counts some rows of pixels as the whole picture does, up to a step within the last of them", () => {
  const whole = cellGrid({ x0: 0, x1: 9, y0: 0, y1: 6 }, { width: 9, height: 3 }); // two steps a pixel
  const rows = partOfAxis(whole.rows, 1, 3);
  const run = { promptCount: 4, lastStep: 4, lagSteps: 2 };
  const all = maskImage(maskLives(trace, 0), whole, run);
  const some = maskImage(maskLives(trace, 0), { columns: whole.columns, rows }, run);
  expect([...some.visible]).toEqual([...all.visible.subarray(9)]);
  expect([...(some.lagging ?? [])]).toEqual([...(all.lagging ?? new Float32Array(0)).subarray(9)]);
  expect([0, 1, 2, 3].map((bin) => firstPixelFrom(whole.rows, bin))).toEqual([0, 1, 2, 3]);
});

it("cuts where the event evicts a position, neighbours in one run", () => {
  const { columns } = cellGrid({ x0: 0, x1: 9, y0: 0, y1: 6 }, { width: 90, height: 60 });
  expect(cutRuns(maskLives(trace, 0), columns)).toEqual([
    { firstPosition: 0, lastPosition: 2, step: 2, isMerged: false },
    { firstPosition: 3, lastPosition: 4, step: 4, isMerged: false },
  ]);
  // "sat" is the only token that all four heads evict at step 2.
  expect(cutRuns(maskLives(trace, null), columns)[0]).toEqual({
    firstPosition: 2,
    lastPosition: 2,
    step: 2,
    isMerged: false,
  });
});

it("says whether a cell is visible, evicted or still to come", () => {
  const words = (step: number, position: number): string => maskReadout(trace, 0, { step, position });
  expect(words(1, 0)).toBe("step 1 → position 0 “The”: visible");
  expect(words(2, 0)).toContain("visible, evicted by the event of this step");
  expect(words(4, 0)).toContain("evicted at step 2; the training mask still shows it");
  expect(words(5, 0)).toMatch(/evicted at step 2$/);
  expect(words(1, 6)).toBe("step 1 → position 6: not written yet");
  expect(maskReadout(trace, null, { step: 3, position: 0 })).toContain("seen by 2 of 4 heads");
});

it("holds in its table the interval that is drawn", () => {
  const shown = { window: { x0: 0, x1: 9, y0: 0, y1: 6 }, subjectLabel: "layer 0, KV head 0" };
  const { rows } = maskTable(trace, 5, 0, shown);
  expect(rows[0]).toEqual([0, "The", 0, 2, 3, 5]);
  expect(rows[6]).toEqual([6, "and", 3, null, 3, 3]);
  const seenSteps = rows.reduce((sum, row) => sum + Number(row[4]), 0);
  expect(seenSteps).toBe(maskCounts(trace, 5, 0).visibleCells);
  // Heads 0 and 2 cut it at step 2, heads 1 and 3 at step 4.
  expect(maskTable(trace, 5, null, shown).rows[0]).toEqual([0, "The", 0, 4, 4, 5.5]);
});

it("colours by the share that is visible, and stripes by what training shows on top", () => {
  const words = Uint32Array.from({ length: 256 }, (_, at) => 1000 + at);
  const image = {
    written: Float32Array.of(0, 4, 4, 4),
    visible: Float32Array.of(0, 0, 2, 4),
    carried: null,
    dead: null,
    unread: null,
    lagging: Float32Array.of(0, 4, 0, 0),
  };
  const { colours, stripes } = maskColours(image, {
    blank: 7,
    visible: words,
    lagging: words,
    carried: words,
    dead: words,
    unread: words,
  });
  expect([...colours]).toEqual([0, 7, 1128, 1255]);
  expect([...(stripes ?? [])]).toEqual([0, 1255, 0, 0]);
});

describe("a run that merges", () => {
  /** “The” goes into the first that is kept, and whatever left with it later. */
  const merging = withMerges(trace, ({ position, kept }) => (position < 4 ? kept[0] : null));

  it("colours the cells of a position for as long as another token carries it", () => {
    const grid = cellGrid({ x0: 0, x1: 9, y0: 0, y1: 6 }, { width: 9, height: 6 });
    const run = { promptCount: 4, lastStep: 5, lagSteps: 0, hasCarried: true };
    const { carried, visible } = maskImage(maskLives(merging, 0), grid, run);
    // In head 0 “The” is merged into “on” at step 2, “on” into “mat” at step 4.
    const column = (cells: Float32Array | null, position: number) =>
      [0, 1, 2, 3, 4, 5].map((step) => cells?.[step * 9 + position]);
    expect(column(visible, 0)).toEqual([1, 1, 1, 0, 0, 0]);
    expect(column(carried, 0)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(column(carried, 4)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(maskCounts(merging, 5, 0).carriedCells).toBe(3 * 3 + 1);
  });

  it("says who carries a position, and since when", () => {
    const words = (step: number): string => maskReadout(merging, 0, { step, position: 0 });
    expect(words(2)).toContain("visible, merged by the event of this step");
    expect(words(3)).toContain("carried by “on” (3) since step 2");
    expect(words(5)).toContain("carried by “mat” (5) since step 2");
    expect(maskReadout(merging, null, { step: 3, position: 0 })).toContain(
      "seen by 2 of 4 heads, carried by others in 2",
    );
  });

  it("cuts in another colour where the position goes on in another slot", () => {
    const { columns } = cellGrid({ x0: 0, x1: 9, y0: 0, y1: 6 }, { width: 90, height: 60 });
    expect(cutRuns(maskLives(merging, 0), columns).map(({ isMerged }) => isMerged)).toEqual([true, true, false]);
  });
});

it("tells read cells from those held and unread, of a run that selects", () => {
  const reading = withReads(trace, 3, [[0, 3], []]);
  expect(maskReadout(reading, 0, { step: 3, position: 3 })).toMatch(/visible$/);
  expect(maskReadout(reading, 0, { step: 3, position: 4 })).toMatch(/held, unread$/);
  expect(maskReadout(reading, null, { step: 3, position: 4 })).toContain("seen by 3 of 4 heads, read by 1");
  const all = maskCounts(reading, 5, 0);
  expect(all.visibleCells - all.readCells).toBe(2);
  const words = Uint32Array.from({ length: 256 }, () => 0xff0000c8);
  const grey = Uint32Array.from({ length: 256 }, () => 0xff006400);
  const image = {
    ...{ written: Float32Array.of(4, 4), visible: Float32Array.of(4, 4), unread: Float32Array.of(4, 2) },
    ...{ carried: null, dead: null, lagging: null },
  };
  const paint = { blank: 7, visible: words, lagging: words, carried: words, dead: words, unread: grey };
  expect([...maskColours(image, paint).colours]).toEqual([0xff006400, 0xff003264]);
});
