// Panels of a run in which some layers see only their newest tokens: what slid out of a window is not evicted, and looks it.
import type { ComponentProps } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { recordWindowed, WINDOW, windowedHeads } from "../engine/windowedRun.testing";
import { deadCount, decidedHeads } from "../trace/layerWindows";
import { ForetoldPanel } from "./foretold/ForetoldPanel";
import { foretoldPanel } from "./foretold/panel";
import { LifelinesPanel } from "./lifelines/LifelinesPanel";
import { lifelinesPanel } from "./lifelines/panel";
import { cellSummary, mapMarks } from "./map/layout";
import { maskCounts, maskReadout } from "./mask/layout";
import { maskImage } from "./mask/maskImage";
import { maskLives } from "./mask/maskLives";
import { ScorePanel } from "./score/ScorePanel";
import { scorePanel } from "./score/panel";
import { textPanel } from "./text/panel";
import { TextPanel } from "./text/TextPanel";
import { whyLayout } from "./why/layout";

const recorded = recordWindowed("gkv");
const PROMPT = 21;
const [windowed, chosen] = [
  { layer: 0, kvHead: 0 },
  { layer: 1, kvHead: 0 },
];

it("tells the map which slots are dead, and which layers have no window", async () => {
  const trace = await recorded;
  const { dead } = mapMarks(trace, 4, { quantity: "attention", focusHead: 0 });
  expect(dead?.[2]).toBe(-1);
  expect(dead?.[0]).toBe(deadCount(trace, 4, 0));
  expect(decidedHeads(trace.header)).toBe("2 of 6 heads");
  expect(cellSummary(trace, 0, 0)).toContain(`outside its layer’s window of ${WINDOW}`);
});

it("explains that no policy decides in a layer with a window", async () => {
  const trace = await recorded;
  expect(whyLayout(trace, 6, windowed, 2)).toMatchObject({
    headline: `Outside this layer’s window of ${WINDOW}`,
    reason: expect.stringContaining("no query has seen it from the prompt on") as string,
  });
  expect(whyLayout(trace, 7, windowed, 17).reason).toContain("since step 7");
  expect(whyLayout(trace, 6, windowed, 22).headline).toBe(`In this layer’s window of ${WINDOW}`);
  expect(whyLayout(trace, 6, chosen, 2).headline).toMatch(/at step/);
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

const NO_POLICY = `This layer sees only the newest ${WINDOW} tokens and keeps all of them: no policy decides here.`;
const nothing = (): undefined => undefined;
const page = {
  ...{ step: 12, hovered: null, pinned: null, isMoving: false, isEnded: true, keptHeads: [], lanes: [], regret: null },
  ...{ fullCacheRun: null, isFullCacheRunning: false, axisStepCount: 44 },
  ...{ onHover: nothing, onPin: nothing, onFocus: nothing, onMove: nothing, onKeepHead: nothing, onView: nothing },
  onFullCacheRun: () => null,
  theme: "light",
  provenance: "measured",
} as const;

it("shows no scores of a head with a window, which are positions, but says what decides there", async () => {
  const trace = await recorded;
  const scoresOf = (focus: ComponentProps<typeof ScorePanel>["focus"]): string =>
    renderToStaticMarkup(
      <ScorePanel
        {...page}
        {...{ trace, focus }}
        heading={scorePanel.headingFor(trace)}
        view={scorePanel.view.first}
      />,
    );
  expect(scoresOf(windowed)).toContain(NO_POLICY);
  expect(scoresOf(windowed)).not.toContain("score Z");
  expect(scoresOf(chosen)).toContain("score Z");
  expect(scoresOf(chosen)).not.toContain(NO_POLICY);
});

it("tests no forecast of a head with a window", async () => {
  const trace = await recorded;
  const heading = foretoldPanel.headingFor(trace);
  const view = foretoldPanel.view.first;
  const testOf = (focus: ComponentProps<typeof ForetoldPanel>["focus"]): string =>
    renderToStaticMarkup(<ForetoldPanel {...page} {...{ trace, focus, heading, view }} />);
  expect(testOf(windowed)).toContain(NO_POLICY);
  expect(testOf(windowed)).not.toContain("<svg");
  expect(testOf(chosen)).not.toContain(NO_POLICY);
});

it("says in the text and the lifelines that windows, not the policy, let tokens go", async () => {
  const trace = await recorded;
  const textOf = (heads: "all" | "focus", focus: ComponentProps<typeof TextPanel>["focus"]): string =>
    renderToStaticMarkup(
      <TextPanel
        {...page}
        {...{ trace, focus }}
        heading={textPanel.headingFor(trace)}
        view={{ ...textPanel.view.first, heads }}
      />,
    );
  const note = "the policy decides in 2 of 6 heads";
  expect(textOf("all", windowed)).toContain(note);
  expect(textOf("focus", windowed)).toContain(NO_POLICY);
  expect(textOf("focus", chosen)).not.toMatch(/no policy decides|the policy decides/);
  const heading = lifelinesPanel.headingFor(trace);
  const lifelinesOf = (focus: ComponentProps<typeof LifelinesPanel>["focus"]): string =>
    renderToStaticMarkup(<LifelinesPanel {...page} {...{ trace, focus, heading }} view={lifelinesPanel.view.first} />);
  expect(lifelinesOf(windowed)).toContain(note);
  expect(lifelinesOf(windowed)).toContain(NO_POLICY);
  expect(lifelinesOf(chosen)).not.toContain(NO_POLICY);
});

it("counts no regret for what slid out of a window: the full cache does not see it either", async () => {
  const trace = await recorded;
  for (const { comparison } of trace.steps) {
    const lost = windowedHeads.map((head) => comparison?.lostAttention[head]);
    expect(lost).toEqual(windowedHeads.map(() => 0));
  }
});
