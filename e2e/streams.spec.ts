// Streams: the recorded one plays at first sight; 128 frames are watched live under a flat line of memory; three questions are asked of
// a cache that knew none of them and of one that knew the first.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { expectAccessible, press } from "./page";

const view = (page: Page): Locator => page.locator(".streams");

async function openStreams(page: Page, fragment = ""): Promise<void> {
  await page.goto(`./#v4&view=streams${fragment}`);
  await expect(view(page)).toBeVisible();
}

async function watchToEnd(page: Page): Promise<void> {
  await press(page, "Finish");
  await expect(view(page)).toHaveAttribute("data-stream-status", "ended", { timeout: 120_000 });
}

/** "157 209 of 209 643 kB" */
function memoryOf(page: Page, lane: string): Locator {
  return page.locator(".stream-slots-table").getByRole("row", { name: lane });
}

test("a recorded stream plays at first sight, patch by patch, and on a phone", async ({ page }) => {
  await openStreams(page);
  await expect(view(page)).toHaveAttribute("data-stream-origin", "recorded");
  await expect.poll(async () => Number(await view(page).getAttribute("data-stream-seen"))).toBeGreaterThan(1);
  await page.keyboard.press("Space");
  await page.keyboard.press("End");
  await expect(view(page)).toHaveAttribute("data-stream-seen", "128");
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(page.getByText(/^Compression \d+ of 62, after \d+ frames$/)).toBeVisible();
  await page.keyboard.press("End");

  await page
    .getByRole("button", { name: /^right: / })
    .first()
    .click();
  await expect(page.locator(".frame-ring-looked").first()).toBeVisible();
  const picture = page.getByRole("group", { name: /the arrow keys go from patch to patch/ });
  await picture.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".stream-picture-note")).toContainText(/frame \d+, row 1, column 1.*of 16 heads hold/);
  await expectAccessible(page, { within: ".streams", inDarkToo: true });

  await page.setViewportSize({ width: 360, height: 740 });
  // Panels measure themselves anew after the window has another size.
  const overflow = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
});

test("128 frames are watched live and memory stays flat under the cap", async ({ page }) => {
  test.slow();
  await openStreams(page, "&stream=id:stream-128x3-2,on:cpu");
  await press(page, "Run");
  await expect.poll(async () => Number(await view(page).getAttribute("data-stream-seen"))).toBeGreaterThan(4);
  await watchToEnd(page);
  await expect(view(page)).toHaveAttribute("data-stream-origin", "live");
  await expect(memoryOf(page, "TaR + VaN")).toContainText("209 of 209");
  await expect(memoryOf(page, "Full cache, computed")).toContainText("3,329");
  const slots = Number(await memoryOf(page, "TaR + VaN").locator("td").first().textContent());
  expect(slots).toBeLessThanOrEqual(209);

  const answered = await page.locator(".stream-questions tbody tr").count();
  await page.getByRole("combobox", { name: "Ask after frame 128" }).selectOption({ label: "Compose one…" });
  await page.getByRole("combobox", { name: "Form" }).selectOption({ label: "who carried the parcel" });
  await press(page, "Ask");
  await expect(page.locator(".stream-questions tbody tr")).toHaveCount(answered + 1);
});

test("SnapKV answers the question that it knew, TaR + VaN all three", async ({ page }) => {
  test.slow();
  await openStreams(page, "&stream=on:cpu");
  await press(page, "Examples");
  await page.getByRole("menuitem", { name: /^Ask three questions/ }).click();
  await watchToEnd(page);
  const right = page.locator(".stream-questions tfoot td");
  await expect(right.nth(0)).toHaveText("3 of 3 questions right");
  await expect(right.nth(1)).toHaveText("1 of 3 questions right");
  await expect(page.getByText(/Lane 2 compresses by what question 1/)).toBeVisible();
  await page
    .getByRole("button", { name: /^wrong: / })
    .first()
    .click();
  await expect(page.getByText(/^The frames show: /)).toBeVisible();
  await expectAccessible(page, { within: ".panel-streamQuestions" });
});

test("Watch plays a stream, and a change of the rule runs it live", async ({ page }) => {
  test.slow();
  await page.goto("./");
  await page.getByTitle("Problem").click();
  await page.getByRole("menuitemradio", { name: "Frames: a camera under a cap" }).click();
  const stage = page.locator(".watch-stream");
  await expect.poll(async () => Number(await stage.getAttribute("data-stream-seen"))).toBeGreaterThan(10);
  await expect(stage.locator(".caption-long")).toContainText("every head frees 52 of 209 places");
  await expect(page).toHaveURL(/#v4&view=watch&stream=/);
  await expectAccessible(page, { within: ".watch-stream" });

  await page.getByRole("radio", { name: "Last frames only" }).click();
  await expect(stage).toHaveAttribute("data-stream-status", "running", { timeout: 60_000 });
  await expect.poll(async () => Number(await stage.getAttribute("data-stream-seen"))).toBeGreaterThan(8);
  await expect(stage.locator(".caption-long")).toContainText("the oldest frames go");

  await page.reload();
  await expect(page.getByRole("radio", { name: "Last frames only" })).toBeChecked();
  await page.getByTitle("Problem").click();
  await page.getByRole("menuitemradio", { name: "Walk: 5 rooms, 20 steps" }).click();
  await expect(page.locator(".watch-text")).toBeVisible();
  await expect(stage).toHaveCount(0);
});
