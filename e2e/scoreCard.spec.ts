// The score card: opened beside the results, sorted, read by keyboard; a flipped item run, a row of one's own; a link with its choices.
import { expect, test } from "@playwright/test";
import { expectAccessible, laneChips, openPageAtRest, waitForIdle } from "./page";

test("the card is opened, sorted, and an item that flipped is run beside the full cache", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&on=cpu");
  await page.getByRole("button", { name: "Score card" }).click();
  const card = page.getByRole("region", { name: "Score card", exact: true });
  const table = card.getByRole("region", { name: "Methods and their figures" });
  await expect(table.getByRole("rowheader").first()).toHaveText("Full cache");

  const faster = table.getByRole("button", { name: "OE faster" });
  await faster.focus();
  await expect(page.getByRole("tooltip")).toContainText("Time of the full cache ÷ time of the method");
  await faster.click();
  await expect(table.getByRole("columnheader", { name: "OE faster" })).toHaveAttribute("aria-sort", "descending");
  await expect(table.getByRole("rowheader").first()).not.toHaveText("Full cache");
  await card.getByRole("combobox", { name: "up" }).selectOption("OL, fed, same token");

  await table.getByRole("button", { name: /^StreamingLLM, overall performance/ }).click();
  const flips = card.getByRole("region", { name: "Items that flipped under StreamingLLM" });
  await expectAccessible(page, { within: ".stage-cell-scoreCard", inDarkToo: true });
  await flips
    .getByRole("button", { name: /^story-/ })
    .first()
    .click();
  await waitForIdle(page);
  await expect(laneChips(page)).toHaveCount(2);
  await expect(table.getByText("yours")).toBeVisible();
});

test("a link opens the card with its choices", async ({ page }) => {
  const panels = JSON.stringify({ asked: ["scoreCard"] });
  const views = JSON.stringify({ scoreCard: { budget: 0.25, sort: "generalisation", row: "gkv" } });
  const moment = `panels=${encodeURIComponent(panels)}&views=${encodeURIComponent(views)}`;
  await openPageAtRest(page, `#v4&view=explore&on=cpu&${moment}`);
  await page.locator(".stage-cell-scoreCard").scrollIntoViewIfNeeded();
  const card = page.getByRole("region", { name: "Score card", exact: true });
  await expect(card.getByRole("columnheader", { name: "OG overall generalisation" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await expect(card.getByRole("combobox", { name: "of the cache" })).toHaveValue("0.25");
  await expect(card.getByRole("region", { name: "Items that flipped under G-KV" })).toContainText("right → wrong");
});
