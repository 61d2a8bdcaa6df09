// A method of parts: a share with unequal heads on the map, and whether the score foretold what came.
import { expect, test } from "@playwright/test";
import { expectAccessible, openPageAtRest, openSetUp, runToEnd, waitForIdle } from "./page";

test("shows unequal heads, and holds a score against what each token received", async ({ page }) => {
  await openPageAtRest(page);
  await openSetUp(page);
  await page.getByLabel("Policy", { exact: true }).selectOption({ label: "SnapKV" });
  await page.getByRole("combobox", { name: "Share", exact: true }).selectOption({ label: "adaptive (Ada-KV)" });
  await expect(page.locator(".setup-method")).toHaveText(
    "SnapKV score · adaptive share · every 16 steps · the rest dropped",
  );
  await runToEnd(page);
  await waitForIdle(page);

  const map = page.getByRole("region", { name: "Cache map", exact: true });
  await expect(map.locator(".map-number")).toHaveCount(16);
  const held = (await map.locator(".map-number").allTextContents()).map(Number);
  expect(new Set(held).size).toBeGreaterThan(1);
  await expect(page.getByRole("region", { name: "Score", exact: true })).toContainText(
    /keeps \d+ slots \(heads \d+ to/,
  );

  const foretold = page.getByRole("region", { name: "Foretold", exact: true });
  await page.locator(".stage-cell-foretold").scrollIntoViewIfNeeded();
  await expect(foretold).toContainText("Kept tokens only");
  await foretold.getByRole("button", { name: "Feed a full cache the same tokens" }).click();
  await expect(foretold).toContainText("so the evicted count, too", { timeout: 30_000 });
  await expect(foretold.locator(".foretold-evicted").first()).toBeVisible();
  await foretold.getByRole("button", { name: /layer 3, KV head 1/ }).click();
  await expect(foretold.locator(".panel-subtitle")).toContainText("L3 · KV head 1");
});

test("shows what Expected Attention foretold from: the cloud of queries, and the keys that stayed and left", async ({
  page,
}) => {
  await openPageAtRest(page, "#v4&view=explore&problem=walk-4x13-710000&policy=expectedAttention&B=128");
  await runToEnd(page);
  await waitForIdle(page);

  const foretold = page.getByRole("region", { name: "Foretold", exact: true });
  await page.locator(".stage-cell-foretold").scrollIntoViewIfNeeded();
  const cloud = foretold.getByRole("figure").filter({ hasText: "Query cloud" });
  await expect(cloud).toContainText(
    /128 queries of each of 2 query heads, turned 512 positions ahead; the axes hold \d+ %/,
  );
  await expect(cloud.locator(".foretold-ellipse")).toHaveCount(2);
  await expect(cloud.locator(".foretold-kept")).toHaveCount(128);
  await expect(cloud.locator(".foretold-evicted")).toHaveAttribute("d", /^M/);
  const before = await cloud.getByRole("img").getAttribute("aria-label");
  await foretold.getByRole("button", { name: /layer 3, KV head 1/ }).click();
  await expect(cloud.getByRole("img")).not.toHaveAttribute("aria-label", before ?? "");
  await expectAccessible(page, { within: ".panel-foretold", inDarkToo: true });
});
