// A run of as many heads as a real model has, on every panel: nothing is blank, the search finds the heads that keep a token,
// and no picture stands apart from its labels.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { kvHeadOf, layerOf } from "../src/cache/headRows";
import { keepingHeads } from "../src/panels/heads/keepingHeads";
import type { PolicyParameters } from "../src/policy/policy";
import { encodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";
import { drawManyHeads, manyHeadsPrompt, qwen3Heads, recordManyHeads, type ManyHeads } from "./drawManyHeads";
import {
  choosePace,
  expectAccessible,
  expectNoSidewaysScroll,
  laneChips,
  mainNumber,
  openPageAtRest,
  press,
  waitForStatus,
} from "./page";
import { dropFiles } from "./sharing";

/** CPU time that a step may take of the main thread, all panels in sight drawn. */
const STEP_MS = 50;

let trace: Trace;
let beside: Trace;
test.beforeAll(async () => {
  trace = await recordManyHeads(qwen3Heads);
  beside = await recordManyHeads(qwen3Heads, { policyId: "snapKv" });
});

const panel = (page: Page, title: string): Locator => page.getByRole("region", { name: title, exact: true });

async function openRuns(page: Page, runs: readonly Trace[], view = "explore"): Promise<void> {
  await openPageAtRest(page, `#v4&view=${view}`);
  const files = runs.map(async (run, lane) => ({
    name: `drawn-${lane}.winnow`,
    bytes: Buffer.from(await encodeRunFile(run)),
  }));
  await dropFiles(page, await Promise.all(files));
  const stepCount = Math.max(...runs.map(({ steps }) => steps.length));
  await expect(page.locator("main")).toHaveAttribute("data-step-count", String(stepCount));
  await page.keyboard.press("End");
  await expect(page.locator("main")).toHaveAttribute("data-step", String(stepCount - 1));
}

/** What the page reports as wrong from now on. */
function complaints(page: Page): readonly string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  return said;
}

/** The strip of the map's last head, as colours: how many there are. */
function coloursOfLastStrip(page: Page): Promise<number> {
  return panel(page, "Cache map").evaluate((map) => {
    const cell = [...map.querySelectorAll<HTMLElement>("[data-cell]")].at(-1);
    const canvas = map.querySelector<HTMLCanvasElement>(".map-strips canvas");
    const context = canvas?.getContext("2d");
    if (cell === undefined || canvas === null || context === null || context === undefined) return 0;
    const [box, whole] = [cell.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const ratio = canvas.width / whole.width;
    const { data } = context.getImageData(
      ...([(box.left - whole.left) * ratio, (box.top - whole.top) * ratio, box.width * ratio, box.height * ratio].map(
        Math.round,
      ) as [number, number, number, number]),
    );
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

/** How far the strips' picture ends from the last row of buttons, in CSS pixels. */
function stripsOffset(page: Page): Promise<number> {
  return panel(page, "Cache map").evaluate((map) => {
    const cell = [...map.querySelectorAll<HTMLElement>("[data-cell]")].at(-1);
    const canvas = map.querySelector(".map-strips canvas");
    if (cell === undefined || canvas === null) return NaN;
    return Math.abs(canvas.getBoundingClientRect().bottom - cell.getBoundingClientRect().bottom);
  });
}

test("draws 224 heads on every panel, in two lanes too, and reports nothing wrong", async ({ page }) => {
  test.slow();
  const said = complaints(page);
  await openRuns(page, [trace, beside]);
  const titles = ["Text", "Cache map", "Score", "Why", "Meters", "Lanes", "Attention", "Sparse mask", "Foretold"];
  for (const title of [...titles, "Window overlap", "Lifelines", "Head roles", "Pitfalls"]) {
    const shown = panel(page, title);
    // Its frame stands there first; the panel takes its place once its code has come.
    await expect(() => shown.scrollIntoViewIfNeeded({ timeout: 2000 })).toPass();
    await expect(shown.locator("canvas, svg, p, table").first()).toBeVisible();
    await expect(shown.getByText("Loading…")).toHaveCount(0);
  }
  await panel(page, "Cache map").scrollIntoViewIfNeeded();
  expect(await coloursOfLastStrip(page)).toBeGreaterThan(3);
  expect(await stripsOffset(page)).toBeLessThan(2);
  await expectAccessible(page, { within: ".panel-map", inDarkToo: true });
  expect(said).toEqual([]);
});

test("finds the heads that keep a token, and steps through them by key and button", async ({ page }) => {
  await openRuns(page, [trace]);
  const step = await mainNumber(page, "step");
  const position = trace.header.promptTexts.findIndex((text) => text.trim() === "kitchen");
  const { kept, headCount } = keepingHeads(trace, step, position);
  // Neither every head nor none, or there would be nothing to find.
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.length).toBeLessThan(headCount);
  const map = panel(page, "Cache map");
  await map.getByRole("searchbox").fill("kitchen");
  await map.getByRole("searchbox").press("Enter");
  await expect(map.getByText(`kept in ${kept.length} of 224 heads`)).toBeVisible();
  await expect(panel(page, "Why").getByText(`kept in ${kept.length} of 224 heads`)).toBeVisible();

  const nameOf = (head: number): string =>
    `layer ${layerOf(trace.header.model, head)}, KV head ${kvHeadOf(trace.header.model, head)}`;
  const focused = map.locator("[data-cell][aria-pressed='true']");
  await map.locator("[data-cell]").first().click();
  const first = kept.find((head) => head > 0) ?? kept[0];
  await map.getByRole("button", { name: "Next head that keeps it" }).click();
  await expect(focused).toHaveAttribute("aria-label", nameOf(first));
  await page.keyboard.press("h");
  await expect(focused).toHaveAttribute("aria-label", nameOf(kept[kept.indexOf(first) + 1]));
  await page.keyboard.press("Shift+H");
  await expect(focused).toHaveAttribute("aria-label", nameOf(first));

  await map.getByRole("combobox", { name: "layers" }).selectOption({ label: "in focus" });
  await expect(map.locator("[data-cell]")).toHaveCount(8);
  expect(await stripsOffset(page)).toBeLessThan(2);

  await map.getByRole("searchbox").fill("giraffe");
  await map.getByRole("searchbox").press("Enter");
  await expect(map.getByText("No token so far has this text.")).toBeVisible();
});

test("draws merges, bits and latents of 224 heads, and repeats none of them on another model", async ({ page }) => {
  test.slow();
  const said = complaints(page);
  const record = (parameters: Partial<PolicyParameters>): Promise<Trace> =>
    recordManyHeads(qwen3Heads, { maxNewTokens: 48, policyId: "snapKv", parameters });
  await openRuns(page, [
    await record({}),
    await record({ merging: "keepKv", mergeThreshold: 0.3 }),
    await record({ storage: "quantised" }),
    await record({ grouping: "wholeChunks", groupingSlots: 1, reading: "latents", readingSlots: 12 }),
  ]);
  /** A panel out of sight does not follow. */
  const show = async (title: string, lane: number): Promise<Locator> => {
    await laneChips(page).nth(lane).click();
    await expect(() => panel(page, title).scrollIntoViewIfNeeded({ timeout: 2000 })).toPass();
    return panel(page, title);
  };

  const merges = await show("Merges", 0);
  await expect(merges).toContainText("choose lane 2.");
  await show("Merges", 1);
  await expect(merges.locator(".merges-curve").first()).toBeVisible();
  await merges.getByRole("button", { name: /^Measure the next/ }).click();
  await expect(merges).toContainText("The model is not in this browser.");

  const storage = await show("Storage", 2);
  const layers = storage.locator(".bits-layer");
  await expect(layers).toHaveCount(28);
  // Layers of a second line stand below those of the first.
  const columnsOf = (width: number): Promise<readonly number[]> =>
    page
      .setViewportSize({ width, height: 720 })
      .then(() => layers.evaluateAll((all) => [...new Set(all.map((layer) => layer.getBoundingClientRect().left))]));
  expect(await columnsOf(1280)).toHaveLength(28);
  expect((await columnsOf(800)).length).toBeLessThan(28);
  await page.setViewportSize({ width: 1280, height: 720 });

  const reading = await show("Reading", 0);
  await expect(reading).toContainText("choose lane 4.");
  await show("Reading", 3);
  await expect(reading).toContainText(/layer \d+ read \d+ % of the slots/);
  // The layer in focus lies above the 27 others.
  const lit = reading.locator(".reading-shares").nth(1).locator(".reading-line").last();
  await expect(lit).toHaveClass(/reading-line-lit/);
  await reading.getByRole("button", { name: "Feed a full cache the same tokens" }).click();
  await expect(reading).toContainText("The model is not in this browser.");
  expect(said).toEqual([]);
});

test("finds heads of the embedded model too", async ({ page }) => {
  await openPageAtRest(page);
  await page.getByText("kitchen", { exact: true }).first().click();
  await expect(panel(page, "Why").getByText(/kept in \d+ of 16 heads/)).toBeVisible();
});

test("chooses among 224 heads by layer and head, and turns the pages of long tables", async ({ page }) => {
  await openRuns(page, [trace]);
  const score = panel(page, "Score");
  await score.getByRole("combobox", { name: "Layer in focus" }).selectOption({ label: "layer 27" });
  await score.getByRole("combobox", { name: "KV head in focus" }).selectOption({ label: "KV head 6" });
  await expect(panel(page, "Cache map").locator("[data-cell='27.6']")).toHaveAttribute("aria-pressed", "true");
  const map = panel(page, "Cache map");
  await map.getByRole("button", { name: "Menu of Cache map" }).click();
  await page.getByRole("menuitemcheckbox", { name: "As a table" }).click();
  await expect(map.locator("tbody tr")).toHaveCount(400);
  await expect(map.locator("tbody")).toContainText("27");
  await map.getByRole("button", { name: "Earlier rows" }).click();
  await expect(map.locator("tbody tr")).toHaveCount(400);

  await openRuns(page, [trace], "watch");
  await expect(page.getByRole("combobox", { name: "Choose a layer" }).locator("option")).toHaveCount(28);
  await expect(page.getByRole("combobox", { name: "Choose a head" }).locator("option")).toHaveCount(8);
});

test("follows the clock within a frame's work, and fits a phone", async ({ page }) => {
  await openRuns(page, [trace]);
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const busySeconds = async (): Promise<number> => {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  };
  const last = await mainNumber(page, "step");
  // The first steps fill caches.
  for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowLeft");
  const before = await busySeconds();
  for (let step = 0; step < 40; step++) await page.keyboard.press("ArrowLeft");
  await expect(page.locator("main")).toHaveAttribute("data-step", String(last - 45));
  const stepMs = (1000 * ((await busySeconds()) - before)) / 40;
  expect(stepMs).toBeGreaterThan(0);
  expect(stepMs).toBeLessThan(STEP_MS);

  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("button", { name: "Cache map", exact: true }).click();
  await expect(panel(page, "Cache map").locator("[data-cell]")).toHaveCount(224);
  await expectNoSidewaysScroll(page);
  const frame = panel(page, "Cache map").locator(".map-frame");
  expect(await frame.evaluate((map) => map.scrollWidth - map.clientWidth)).toBeLessThanOrEqual(0);
});

const shapes: readonly ManyHeads[] = [
  { layerCount: 36, kvHeadCount: 8 },
  { layerCount: 30, kvHeadCount: 3 },
  { layerCount: 28, kvHeadCount: 2 },
];
for (const shape of shapes) {
  const { layerCount, kvHeadCount } = shape;
  test(`puts every strip of ${layerCount} × ${kvHeadCount} heads in its row`, async ({ page }) => {
    await openRuns(page, [await recordManyHeads(shape, { maxNewTokens: 64 })]);
    await expect(panel(page, "Cache map").locator("[data-cell]")).toHaveCount(layerCount * kvHeadCount);
    expect(await stripsOffset(page)).toBeLessThan(2);
    expect(await coloursOfLastStrip(page)).toBeGreaterThan(3);
  });
}

test("records 16 of 224 heads of a live run, says so of the others, and goes on recording one that is kept", async ({
  page,
}) => {
  const settings = `problem=text&text=${encodeURIComponent(manyHeadsPrompt)}&B=64&w=8&s=32&T=1&seed=4&max=120`;
  await openPageAtRest(page, `#v4&view=explore&${settings}`);
  await dropFiles(page, [{ name: "drawn.gguf", bytes: Buffer.from(drawManyHeads()) }]);
  await expect(page.getByText(/is chosen\. Nothing was copied/)).toBeVisible();
  await press(page, "Step");
  await waitForStatus(page, "paused");
  await expect(panel(page, "Cache map").getByText("attention recorded: 16 heads")).toBeVisible();
  const attention = panel(page, "Attention");
  await attention.scrollIntoViewIfNeeded();
  const layer = attention.getByRole("combobox", { name: "Layer in focus" });
  const note = attention.getByRole("note");
  // Nobody has looked at these, and they are not among those spread over the layers.
  await layer.selectOption({ label: "layer 9" });
  await expect(note).toContainText("Attention of layer 9, KV head 0 is not recorded. The run records 16 of 224 heads");
  await expect(attention.getByText(/^step \d+: not recorded/)).toBeVisible();
  await attention.getByRole("button", { name: "Keep recording this head" }).click();
  await layer.selectOption({ label: "layer 20" });
  await choosePace(page, "full speed");
  await press(page, "Resume");
  await waitForStatus(page, "ended");
  await layer.selectOption({ label: "layer 9" });
  await expect(note).toContainText(/layer 9, KV head 0 is recorded at \d+ of \d+ steps, also at this one/);
  await layer.selectOption({ label: "layer 3" });
  await expect(note).toContainText("Attention of layer 3, KV head 0 is not recorded.");
});
