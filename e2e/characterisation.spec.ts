// The quantisation characterisation: asked for from the menu of panels, built, measured, sorted, downloaded.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { expectAccessible, openPageAtRest, runToEnd, waitForIdle } from "./page";

test("rows are built, measured against a baseline, and saved with their machine", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&problem=walk-4x10-1&on=cpu&policy=fullCache");
  await runToEnd(page);
  await waitForIdle(page);
  await expect(page.locator(".stage-cell-characterisation")).toHaveCount(0);
  await page.getByRole("button", { name: /^Panels/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Quantisation characterisation" }).click();
  await page.keyboard.press("Escape");
  await page.locator(".stage-cell-characterisation").scrollIntoViewIfNeeded();
  const panel = page.getByRole("region", { name: "Quantisation characterisation", exact: true });

  for (const row of [6, 4, 3]) await panel.getByRole("button", { name: `Remove row ${row}` }).click();
  await panel.getByRole("combobox", { name: "Bits of entries of row 2" }).selectOption("2");
  await panel.getByRole("combobox", { name: "repeats" }).selectOption("1");
  await panel.getByRole("combobox", { name: "problems solved" }).selectOption("none");
  await panel.getByRole("button", { name: "Measure" }).click();
  await expect(panel.getByRole("status")).toContainText(/row \d: .*; run \d of 9/);
  await expect(panel.getByRole("button", { name: "Measure what is missing" })).toBeDisabled({ timeout: 60_000 });
  const kl = (row: number) =>
    panel
      .getByRole("row")
      .nth(1 + row)
      .getByRole("cell")
      .nth(15);
  await expect(kl(1)).toHaveText("0");
  await expect(kl(2)).not.toHaveText(/^(0|–)$/);
  // The third row is stored as Q4_0.
  await expect(kl(3)).not.toHaveText(/^(0|–)$/);

  await panel.getByRole("button", { name: "KL" }).click();
  await panel.getByRole("button", { name: "KL" }).click();
  await expect(panel.getByRole("columnheader", { name: "KL" })).toHaveAttribute("aria-sort", "descending");
  await expect(kl(3)).toHaveText("0");
  await panel.locator(".pareto").getByRole("combobox", { name: "up" }).selectOption("on the baseline’s tokens: KL");
  await expect(panel.getByRole("img", { name: /KL by bytes: a token/ })).toBeVisible();
  await expectAccessible(page, { within: ".stage-cell-characterisation", inDarkToo: true });

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  const csv = await readFile(await download.path(), "utf8");
  expect(csv.split("\n")).toHaveLength(5);
  expect(csv).toMatch(/adapter,browser,date,model,model digest/);
  expect(csv).toContain("cpu: TypeScript and SIMD");
});
