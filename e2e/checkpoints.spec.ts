// Another checkpoint of the model: at 15 % of the cache a walk that the base gets wrong turns right after distillation; then
// both as lanes, on their own words and on the same; somebody else reproduces them from a link.
import { expect, test } from "@playwright/test";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  laneChips,
  openPageAtRest,
  openSetUp,
  press,
  runToEnd,
  waitForStatus,
} from "./page";
import { copiedLink, replay, replayOf, runComparison } from "./sharing";

test("turns a wrong answer right by switching the checkpoint, and sets the two side by side", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&problem=walk-6x32-732&B=76&on=cpu");
  await openSetUp(page);
  await runToEnd(page);
  const main = page.locator("main");
  await expect(main).toHaveAttribute("data-verdict", "wrong");
  const checkpoints = page.getByRole("group", { name: "Checkpoint" });
  await expect(checkpoints.getByRole("button", { name: "base" })).toHaveAttribute("aria-pressed", "true");
  await checkpoints.getByRole("button", { name: "distilled" }).click();
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  await expect(page).toHaveURL(/model=winnow-1m-distilled/);
  await runToEnd(page);
  await expect(main).toHaveAttribute("data-verdict", "right");

  await press(page, "+ G-KV · base");
  await runToEnd(page);
  await expect(laneChips(page)).toHaveText([/G-KV · distilled ✓/, /G-KV · base ✗/]);
  await expect(page).toHaveURL(/lane=model:winnow-1m,policy:gkv/);
  await press(page, "Side by side");
  const lanes = page.locator(".panel-lanes");
  await expect(lanes.getByText(/lane 2 diverges from lane 1 at step \d+/)).toBeVisible();
  await expect(lanes.getByRole("heading", { name: "Survivors: lane 1 and lane 2" })).toBeVisible();
  await expect(lanes.getByText(/In common \d+ %, chance \d+ %/)).toBeVisible();
  await expectAccessible(page, { within: ".setup" });
  await page.getByRole("combobox", { name: "Each lane continues with" }).selectOption("the full cache’s words");
  await expect(page).toHaveURL(/tokens=forced/);
});

test("Watch runs another checkpoint at once, under the same rule and memory", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=watch&problem=walk-4x6-1&B=32&w=8&s=8&on=cpu");
  await waitForStatus(page, "ended");
  await page.getByRole("button", { name: "Checkpoint of the model: base" }).click();
  await expectAccessible(page, { within: ".menu", inDarkToo: true });
  await page.getByRole("menuitemradio", { name: /^distilled/ }).click();
  await expect(page.getByRole("button", { name: "Checkpoint of the model: distilled" })).toBeVisible();
  await expect(page.locator(".watch-play")).toBeFocused();
  await expect(page).toHaveURL(/B=32&w=8&s=8&.*model=winnow-1m-distilled|model=winnow-1m-distilled&.*B=32/);
  await waitForStatus(page, "ended");
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page, { within: ".page-header" });
});

for (const [words, parameter, said] of [
  ["on their own words", "", /lane 2(: no divergence| diverges) from lane 1/],
  ["on the same words", "&tokens=forced", /All lanes read the words that lane 1’s model writes with the full cache/],
] as const) {
  test(`proves two checkpoints by a link, ${words}`, async ({ page, browser }) => {
    const lanes = `&lane=model:winnow-1m-distilled,policy:gkv${parameter}`;
    await runComparison(page, `#v4&view=explore&problem=walk-4x6-1&B=32&w=8&s=8&on=cpu${lanes}`);
    await press(page, "Side by side");
    await expect(page.locator(".panel-lanes")).toContainText(said);
    const link = await copiedLink(page, "Experiment");
    const visitor = await (await browser.newContext()).newPage();
    await replay(visitor, link);
    await expect(replayOf(visitor)).toContainText(/Reproduced exactly: \d+ tokens and \d+ events in 2 lanes\./);
    await expect(laneChips(visitor)).toHaveText([/G-KV · base/, /G-KV · distilled/]);
  });
}
