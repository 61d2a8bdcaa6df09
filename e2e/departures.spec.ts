// What becomes of those who leave, how entries are stored, and what a query reads: the panels of such runs, and no others.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { expectAccessible, openPageAtRest, openSetUp, runToEnd, waitForIdle } from "./page";

test("a run that merges shows who carries whom", async ({ page }) => {
  await run(page, "policy=snapKv&B=48&merge=keepKv&mergeT=0.5");
  await page.locator(".stage-cell-merges").scrollIntoViewIfNeeded();
  await expect(panel(page, "Merges")).toContainText(/Of \d+ evicted, \d+ (is|are) carried on/);
  await expect(panel(page, "Merges").getByRole("img", { name: /are carried on by a kept token/ })).toBeVisible();
  await expectAccessible(page, { within: ".stage-cell-merges", inDarkToo: true });
  await expect(page.locator(".stage-cell-reading, .stage-cell-storage")).toHaveCount(0);
  await expect(panel(page, "Text").locator(".legend")).toContainText("only carried: no head holds it");
  await expect(panel(page, "Text").locator(".token-only-carried").first()).toBeVisible();
  await expect(panel(page, "Cache map")).toContainText(/carried by others in some, \d+ dropped by all/);
  for (let step = 0; step < 40; step++) await page.keyboard.press("ArrowLeft");
  await panel(page, "Merges").getByRole("button", { name: "Measure the next 32 queries" }).click();
  await expect(panel(page, "Merges")).toContainText("mean of the 32 queries after it, by head", { timeout: 30_000 });
});

test("a run that selects shows what its newest query read", async ({ page }) => {
  await run(page, "policy=fullCache&read=latents");
  await page.locator(".stage-cell-text").scrollIntoViewIfNeeded();
  await expect(panel(page, "Text").locator(".token-unread").first()).toBeVisible();
  await page.locator(".stage-cell-mask").scrollIntoViewIfNeeded();
  await expect(panel(page, "Sparse mask")).toContainText(/held, unread: [\d,]+ cells/);
  await page.locator(".stage-cell-reading").scrollIntoViewIfNeeded();
  await expect(panel(page, "Reading")).toContainText(
    /read \d+ % of the slots that it holds: \d+ % of those with the most attention, and \d+ % of all attention/,
  );
  await expect(panel(page, "Reading")).toContainText(/In all layers the query read \d+ KiB of \d+ KiB/);
  await panel(page, "Reading").getByRole("button", { name: "Feed a full cache the same tokens" }).click();
  await expect(panel(page, "Reading")).toContainText(/Of the full cache’s attention, \d+ % lay there/, {
    timeout: 30_000,
  });
  await expectAccessible(page, { within: ".stage-cell-reading", inDarkToo: true });
  await panel(page, "Reading").getByLabel("Select N_c", { exact: true }).fill("200");
  await panel(page, "Reading").getByLabel("Select N_c", { exact: true }).press("Enter");
  await waitForIdle(page);
  await expect(panel(page, "Reading")).toContainText(/layer 2 read every slot/, { timeout: 30_000 });
});

test("a run that packs its entries shows what that loses", async ({ page }) => {
  await run(page, "policy=fullCache&store=quantised");
  await openSetUp(page);
  await page.getByText("More of this policy").click();
  const layerBits = page.getByRole("textbox", { name: "Bits of each layer", exact: true });
  await layerBits.pressSequentially("4 4 8 8");
  await expect(layerBits).toHaveValue("4 4 8 8");
  await layerBits.fill("4 x");
  await expect(page.getByText("Expected 2, 3, 4 or 8 for each layer")).toContainText("“4 4 8 8” counts until then");
  await page.locator(".stage-cell-storage").scrollIntoViewIfNeeded();
  await expect(panel(page, "Storage")).toContainText("their mean pays above");
  await expectAccessible(page, { within: ".stage-cell-storage", inDarkToo: true });
});

async function run(page: Page, choices: string): Promise<void> {
  await openPageAtRest(page, `#v4&view=explore&problem=walk-4x10-1&${choices}`);
  await runToEnd(page);
  await waitForIdle(page);
}

function panel(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}
