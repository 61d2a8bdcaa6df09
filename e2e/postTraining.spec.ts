// What post-training changed, on the same tokens and over many problems; and what checkpoints along it make of one problem.
import { expect, test, type Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, openPageAtRest, press, runToEnd, waitForIdle } from "./page";

const walk = "#v4&view=explore&problem=walk-4x6-1&B=32&w=8&s=8&on=cpu";

test("What changed? counts the words of two checkpoints, beside what was measured", async ({ page }) => {
  await openPageAtRest(page, `${walk}&tokens=forced&lane=model:winnow-1m-distilled,policy:gkv`);
  await runToEnd(page);
  await waitForIdle(page);
  await page.locator(".stage-cell-changed").scrollIntoViewIfNeeded();
  const panel = page.getByRole("region", { name: "What changed?", exact: true });
  await expect(panel).toContainText("base and distilled on the same tokens");
  await expect(panel).toContainText(/This run, to the step on show: \d+ words .* Found: base \d+ .*, distilled \d+ /);
  await expect(panel).toContainText("Measured over 100 problems at 15 %");
  await panel.getByRole("combobox", { name: "budget" }).selectOption({ label: "25 %" });
  await expect(panel).toContainText("Measured over 100 problems at 25 %");
  await expectAccessible(page, { within: ".stage-cell-changed", inDarkToo: true });
  await onPhone(page, "What changed?");
  await expect(panel).toContainText("Measured over 100 problems at 25 %");
});

test("checkpoints along the training decode the problem on the page", async ({ page }) => {
  await openPageAtRest(page, walk);
  await runToEnd(page);
  await waitForIdle(page);
  await page.getByRole("button", { name: /^Panels/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Training" }).click();
  await page.keyboard.press("Escape");
  await page.locator(".stage-cell-training").scrollIntoViewIfNeeded();
  const panel = page.getByRole("region", { name: "Training", exact: true });
  const answers = panel.getByRole("region", { name: "What the checkpoints answered" });
  // One that is chosen decodes by itself; a button asks the others.
  await panel.getByRole("slider").focus();
  await page.keyboard.press("Home");
  const first = answers.getByRole("row").nth(1);
  await expect(first).toContainText(/right|wrong|no answer/, { timeout: 30_000 });
  await press(page, "Decode with the other 6");
  await expect(panel.getByRole("button", { name: "All have decoded" })).toBeDisabled({ timeout: 45_000 });
  await expect(answers.getByRole("row")).toHaveText([/^step/, ...Array<RegExp>(7).fill(/right|wrong|no answer/)]);
  await expectAccessible(page, { within: ".stage-cell-training", inDarkToo: true });
  await onPhone(page, "Training");
  await expect(answers).toBeVisible();
});

/** One panel at a time, as wide as the page. */
async function onPhone(page: Page, panel: string): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("group", { name: "Panel on show" }).getByRole("button", { name: panel, exact: true }).click();
  await expect(page.getByRole("region", { name: panel, exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page, { within: ".stage" });
}
