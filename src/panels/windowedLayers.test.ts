// Panels of a run in which some layers see only their newest tokens: what slid out of a window is not evicted, and looks it.
import { expect, it } from "vitest";
import { recordWindowed, WINDOW, windowedHeads } from "../engine/windowedRun.testing";
import { deadCount, decidedHeads } from "../trace/layerWindows";
import { cellSummary, mapMarks } from "./map/layout";
import { maskCounts, maskReadout } from "./mask/layout";
import { maskImage } from "./mask/maskImage";
import { maskLives } from "./mask/maskLives";
import { whyLayout } from "./why/layout";

const recorded = recordWindowed("gkv");
const PROMPT = 21;

it("tells the map which slots are dead, and which layers have no window", async () => {
  const trace = await recorded;
  const { dead } = mapMarks(trace, 4, { quantity: "attention", focusHead: 0 });
  expect(dead?.[2]).toBe(-1);
  expect(dead?.[0]).toBe(deadCount(trace, 4, 0));
  expect(decidedHeads(trace.header)).toBe("2 of 6 heads");
  expect(cellSummary(trace, 0, 0)).toContain(`outside its layer's window of ${WINDOW}`);
});

it("explains that no policy decides in a layer with a window", async () => {
  const trace = await recorded;
  const windowed = { layer: 0, kvHead: 0 };
  expect(whyLayout(trace, 6, windowed, 2)).toMatchObject({
    headline: `Outside this layer’s window of ${WINDOW}`,
    reason: expect.stringContaining("no query has seen it from the prompt on") as string,
  });
  expect(whyLayout(trace, 7, windowed, 17).reason).toContain("since step 7");
  expect(whyLayout(trace, 6, windowed, 22).headline).toBe(`In this layer’s window of ${WINDOW}`);
  expect(whyLayout(trace, 6, { layer: 1, kvHead: 0 }, 2).headline).toMatch(/at step/);
});

it("counts cells outside the window in the mask as neither visible nor evicted", async () => {
  const trace = await recorded;
  const step = 12;
  const cells = (step + 1) * PROMPT + (step * (step + 1)) / 2;
  const axis = (cellCount: number) => ({
    ...{ firstCell: 0, cellCount, binCount: 1, binOfCell: new Uint16Array(cellCount) },
    ...{ firstOfBin: Int32Array.of(0), lastOfBin: Int32Array.of(cellCount - 1) },
    ...{ binOfPixel: new Uint16Array(1), pixelsPerCell: 1 },
  });
  const grid = { rows: axis(step + 1), columns: axis(PROMPT + step) };
  for (const head of windowedHeads) {
    const lives = maskLives(trace, head);
    const image = maskImage(lives, grid, { promptCount: PROMPT, lastStep: step, lagSteps: 0, hasDead: true });
    expect(image.visible[0]).toBe((step + 1) * WINDOW);
    expect(image.dead?.[0]).toBe(cells - (step + 1) * WINDOW);
    expect(maskCounts(trace, step, head).visibleCells).toBe((step + 1) * WINDOW);
  }
  expect(maskReadout(trace, 0, { step: 7, position: 17 })).toContain(
    `outside this layer’s window of ${WINDOW} since step 7`,
  );
  expect(maskReadout(trace, 0, { step: 6, position: 17 })).toContain("visible");
});
