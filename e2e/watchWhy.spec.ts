// A first visit that understands nothing but Memory: with too little of it the answer is wrong, the page says which fact it
// lacked and which head had evicted it, and Explore opens at that moment.
import { expect, test } from "@playwright/test";
import { mainNumber, openPageAtRest, press, waitForStatus } from "./page";

test("too little memory: why it went wrong, and the same moment in Explore", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=watch");
  await page.getByRole("slider", { name: "Memory" }).press("Home");
  await waitForStatus(page, "ended");
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "wrong");

  await press(page, "See where it went wrong");
  const card = page.getByRole("region", { name: "Why it went wrong" });
  await expect(card.getByText(/^It needed \w+'s rule/)).toBeVisible();
  await expect(card.getByText(/layer 2, head 0/i)).toBeVisible();
  await expect(page.locator(".watch-word-pinned")).toBeVisible();
  const step = await mainNumber(page, "step");
  expect(step).toBeLessThan((await mainNumber(page, "step-count")) - 1);

  await card.getByRole("button", { name: "Close" }).click();
  await page.getByRole("slider", { name: "Word on show" }).press("Home");
  await page.locator(".watch-mistake-mark").click();
  expect(await mainNumber(page, "step")).toBe(step);

  await card.getByRole("button", { name: "Open in Explore" }).click();
  await expect(
    page.getByRole("region", { name: "Why", exact: true }).getByText(/^Evicted at step \d+: rank/),
  ).toBeVisible();
  expect(await mainNumber(page, "step")).toBe(step);
});
