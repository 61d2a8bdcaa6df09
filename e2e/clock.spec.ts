// The clock: playing both ways, a range that repeats, a zoomed time axis, and the command palette.
import { expect, test, type Page } from "@playwright/test";
import {
  choosePace,
  expectAccessible,
  expectNoSidewaysScroll,
  mainNumber,
  openPageAtRest,
  press,
  waitForIdle,
} from "./page";

const step = (page: Page): Promise<number> => mainNumber(page, "step");

/** Drags over the timeline, from and to a share of its width. */
async function dragTimeline(page: Page, from: number, to: number): Promise<void> {
  const box = await page.getByRole("slider", { name: "Step shown" }).boundingBox();
  if (box === null) throw new Error("the timeline is not on the page");
  const y = box.y + box.height / 3;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + to * box.width, y, { steps: 5 });
  await page.mouse.up();
}

test("shows the same step in every panel once a quick move ends, however late the frames were", async ({ page }) => {
  await openPageAtRest(page);
  await stepsInLateFrames(page, 40);
  const moved = await stageWords(page);
  // The same step again, reached slowly.
  const at = await step(page);
  await page.keyboard.press("ArrowLeft");
  expect(await stageWords(page)).not.toEqual(moved);
  await page.keyboard.press("ArrowRight");
  expect(await stageWords(page)).toEqual(moved);
  expect(await step(page)).toBe(at);
});

/** Steps back in every frame, and keeps every frame busy for longer than a 60 Hz frame. */
function stepsInLateFrames(page: Page, frameCount: number): Promise<void> {
  return page.evaluate(async (count) => {
    for (let frame = 0; frame < count; frame++) {
      const start = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", code: "ArrowLeft", bubbles: true }));
      while (performance.now() - start < 25);
    }
  }, frameCount);
}

/** The text of the stage, once it has stayed the same for a second and a half: a busy machine draws late. */
async function stageWords(page: Page): Promise<string[]> {
  let words = "";
  let sameReadings = 0;
  await expect
    .poll(
      async () => {
        const before = words;
        words = await page.locator(".stage").innerText();
        sameReadings = words === before ? sameReadings + 1 : 0;
        return sameReadings;
      },
      { intervals: [500], timeout: 30_000 },
    )
    .toBeGreaterThanOrEqual(3);
  return words.split("\n");
}

test("plays backwards to the first step, and repeats the steps drawn with Shift until Esc", async ({ page }) => {
  await openPageAtRest(page);
  const last = await step(page);
  await choosePace(page, "120 steps/s");
  await page.keyboard.press("Shift+Space");
  await expect(page.getByRole("button", { name: "Play backwards" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => step(page)).toBeLessThan(last);
  await waitForIdle(page);
  expect(await step(page)).toBe(0);

  await page.keyboard.down("Shift");
  await dragTimeline(page, 0.3, 0.4);
  await page.keyboard.up("Shift");
  const chip = page.getByRole("button", { name: /steps repeat/ });
  const count = Number(/\d+/.exec(await chip.innerText())?.[0]);
  expect(count).toBeGreaterThan(10);
  await press(page, "Play");
  const seen: number[] = [];
  // Playing forwards, a step is followed by an earlier one: the loop has started again.
  await expect
    .poll(
      async () => {
        seen.push(await step(page));
        return seen.some((shown, at) => at > 0 && shown < seen[at - 1]);
      },
      { intervals: [50] },
    )
    .toBe(true);
  expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(count);
  await page.keyboard.press("Escape");
  await expect(chip).toBeHidden();
  await waitForIdle(page);
  expect(await step(page)).toBe((await mainNumber(page, "step-count")) - 1);
});

test("zooms the time axis by keys and wheel, and moves along it in the minimap", async ({ page }) => {
  await openPageAtRest(page);
  const minimap = page.getByRole("slider", { name: "Part of the run in sight" });
  await expect(minimap).toBeHidden();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await expect(minimap).toBeVisible();
  const before = Number(await minimap.getAttribute("aria-valuenow"));
  const box = await minimap.boundingBox();
  if (box === null) throw new Error("the minimap is not on the page");
  await page.mouse.click(box.x + box.width / 3, box.y + box.height / 2);
  await expect.poll(async () => Number(await minimap.getAttribute("aria-valuenow"))).toBeLessThan(before);
  await minimap.press("ArrowRight");
  expect(Number(await minimap.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  // A step out of sight turns the page.
  await page.keyboard.press("Home");
  await expect(minimap).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("0");
  await expect(minimap).toBeHidden();
  await page.getByRole("slider", { name: "Step shown" }).hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300);
  await page.keyboard.up("Control");
  await expect(minimap).toBeVisible();
});

test("runs a command found in the palette, and gives the focus back", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await openPageAtRest(page);
  const search = page.getByRole("combobox", { name: "Commands" });
  const more = page.getByRole("button", { name: "More", exact: true });
  await more.focus();
  await page.keyboard.press("Control+k");
  await expect(search).toBeFocused();
  await search.fill("step 43");
  await expect(page.getByRole("option", { name: "Go to step 43" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  expect(await step(page)).toBe(43);
  await expect(more).toBeFocused();

  await page.keyboard.press("Control+k");
  await search.fill("layer 2 head 1");
  await page.keyboard.press("Enter");
  await expect(page.locator('[data-cell="2.1"]')).toHaveAttribute("aria-pressed", "true");

  await page.keyboard.press("Control+k");
  await search.fill("policy snapkv");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();

  await page.keyboard.press("Control+k");
  await search.fill("nothing of that name");
  await expect(page.getByText(/^No command matches/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(search).toBeHidden();
  await expect(more).toBeFocused();
  expect(complaints).toEqual([]);
});

test("is accessible with zoom, loop and palette, and fits 360 px", async ({ page }) => {
  await openPageAtRest(page);
  await page.keyboard.press("+");
  await page.keyboard.press("l");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Commands" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  const chart = await page.getByRole("slider", { name: "Step shown" }).boundingBox();
  expect(chart?.width).toBeLessThanOrEqual(344);
});
