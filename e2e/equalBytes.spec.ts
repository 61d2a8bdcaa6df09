// At equal bytes: two lanes get the bytes of the one on the stage, a link brings them back, too few bytes are refused; and the
// stored table at equal bytes.
import { expect, test } from "@playwright/test";
import { chooseFromMenu, expectAccessible, openPageAtRest, openSetUp, press, runToEnd } from "./page";

test("compares lanes at equal bytes, and says how many slots they hold", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&problem=walk-5x20-1&B=57&lane=policy:gkv,store:half");
  await openSetUp(page);
  await press(page, "Compare at equal bytes");
  await expect(page.getByText("= 57 slots per KV head")).toBeVisible();
  await expect(page.getByText("Equal bytes, 228 KiB: lane 1 has 57 slots per KV head, lane 2 has 114.")).toBeVisible();
  await runToEnd(page);
  await expect(page.locator(".panel-timeline").getByText("B 57 · 228 KiB")).toBeVisible();
  await expect(page).toHaveURL(/bytes=233472&mode=bytes.*lane=policy:gkv,store:half/);

  const field = page.getByLabel("Budget in bytes", { exact: false }).last();
  await field.fill("20");
  await field.press("Enter");
  await expect(
    page.getByText(/Lane 1, G-KV: a budget of 20,480 bytes \(20 KiB\) holds 5 slots of each KV head/),
  ).toBeVisible();
});

test("shows the stored table at equal bytes", async ({ page }) => {
  await openPageAtRest(page);
  await chooseFromMenu(page, "Go to the results");
  const results = page.locator("[data-results]");
  await expect(results).toHaveAttribute("data-unit", "slots");
  await page.getByRole("combobox", { name: "compared at" }).selectOption("equal bytes");
  await expect(results).toHaveAttribute("data-unit", "bytes");
  await expect(page.getByRole("article", { name: /^Mean of the 4 families/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "G-KV, 4 bits" }).first()).toBeVisible();
  await expectAccessible(page);
});
