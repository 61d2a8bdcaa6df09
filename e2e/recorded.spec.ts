// The recorded run: plays on load, on any device, before an engine is asked for; keys; links; colours; small screens.
import { expect, test } from "@playwright/test";
import {
  chooseFromMenu,
  expectAccessible,
  expectNoSidewaysScroll,
  laneChips,
  mainNumber,
  openPage,
  openPageAtRest,
  openSetUp,
  press,
  tokens,
  waitForIdle,
} from "./page";

test("plays on load, and no engine is started for it", async ({ page }) => {
  const requested: string[] = [];
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  await openPage(page);
  await expect.poll(() => mainNumber(page, "step")).toBeGreaterThan(3);
  await expect(page.getByText("Recorded run", { exact: true })).toBeVisible();
  await page.keyboard.press("End");
  await waitForIdle(page);
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "right");
  expect(requested.filter((path) => /worker|models/.test(path))).toEqual([]);
});

test("changes to another recorded run, and to two side by side, and no engine is started for them", async ({
  page,
}) => {
  const requested: string[] = [];
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  await openPageAtRest(page);
  await openSetUp(page);
  const runs = page.getByRole("combobox", { name: "recorded runs" });
  await runs.selectOption({ index: 1 });
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "wrong");
  await expect(page.getByText("SnapKV: B 96")).toBeVisible();
  await runs.selectOption({ label: "Walk: G-KV (right) and SnapKV (wrong), 96 tokens kept" });
  await expect(laneChips(page)).toHaveText([/G-KV ✓/, /SnapKV ✗/]);
  await press(page, "Side by side");
  const lanes = page.getByRole("region", { name: "Lanes" });
  await expect(lanes.getByRole("radio", { name: /^Lane 2: SnapKV/ })).toBeVisible();
  await page.keyboard.press("2");
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "wrong");
  expect(requested.filter((path) => /worker|models/.test(path))).toEqual([]);
});

test("stands still if the reader prefers less motion, and moves by keys", async ({ page }) => {
  await openPageAtRest(page);
  const step = (): Promise<number> => mainNumber(page, "step");
  expect(await step()).toBe((await mainNumber(page, "step-count")) - 1);
  await page.keyboard.press("Home");
  expect(await step()).toBe(0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  expect(await step()).toBe(1);
  await page.keyboard.press("Shift+ArrowRight");
  const event = await step();
  expect(event % 16).toBe(0);
  expect(event).toBeGreaterThan(0);
  await page.keyboard.press("Shift+ArrowLeft");
  expect(await step()).toBe(0);
  // A slider has no use for the space bar.
  await openSetUp(page);
  await page.getByRole("slider").first().focus();
  await page.keyboard.press("Space");
  await expect.poll(step).toBeGreaterThan(2);
  await page.keyboard.press("Space");
  await waitForIdle(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("moves the focus of the map by arrow keys and says why a token was evicted", async ({ page }) => {
  await openPageAtRest(page);
  const first = page.locator('[data-cell="0.0"]');
  await first.click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator('[data-cell="1.1"]')).toBeFocused();
  await expect(page.locator('[data-cell="1.1"]')).toHaveAttribute("aria-pressed", "true");
  const evicted = page.locator(".token-evicted[data-position]").first();
  await evicted.click();
  await expect(page.getByRole("region", { name: "Why" })).toContainText(/Evicted at step \d+: rank \d+ of \d+/);
});

test("lists what a bad link could not set, and still shows the recorded run", async ({ page }) => {
  await openPageAtRest(page, "#v2&B=many&alpha=7&colour=red&problem=maze");
  const notices = page.locator(".notices");
  await expect(notices).toContainText("Budget B: “many” is not a number; 96 slots is used.");
  await expect(notices).toContainText("Decay α: 7 is not 0 to 1; 1 is used.");
  await expect(notices).toContainText("“colour” isn’t a setting of this page");
  await expect(notices).toContainText("“maze” is not an id such as walk-5x20-4");
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  expect((await tokens(page)).length).toBeGreaterThan(300);
});

test("writes the settings into the address, and nothing when they are the defaults", async ({ page }) => {
  await openPageAtRest(page);
  expect(new URL(page.url()).hash).toBe("#v4&view=explore");
  await openSetUp(page);
  await page.getByRole("spinbutton", { name: "Decay α" }).fill("0.9");
  await page.keyboard.press("Enter");
  expect(new URL(page.url()).hash).toBe("#v4&view=explore&alpha=0.9");
});

test("is accessible with the set-up open, and keeps a chosen colour against the system's", async ({ page }) => {
  await openPageAtRest(page);
  await openSetUp(page);
  await page.getByText("More of this policy").click();
  await page.locator("[data-position='20']").click();
  await expectAccessible(page, { inDarkToo: true });
  await press(page, "More");
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await chooseFromMenu(page, "How to read this page, and keys");
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("fits 360, 768 and 1024 px without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPageAtRest(page);
  await openSetUp(page);
  for (const width of [360, 768, 1024]) {
    await page.setViewportSize({ width, height: 740 });
    await expectNoSidewaysScroll(page);
  }
});
