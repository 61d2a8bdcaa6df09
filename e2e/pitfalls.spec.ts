// The pitfalls lab: two orders in each other's place, an order that always stays, and a fair share, each run from the panel.
import { expect, test } from "@playwright/test";
import { laneChips, openPageAtRest, runToEnd, waitForIdle, waitForStatus } from "./page";

test("swaps two orders, keeps one, and shares fairly, from the run on the stage", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&problem=orders2-walk-4x10-1&policy=snapKv&B=64");
  await runToEnd(page);
  await waitForIdle(page);

  const lab = page.getByRole("region", { name: "Pitfalls", exact: true });
  const inSight = () => page.locator(".stage-cell-pitfalls").scrollIntoViewIfNeeded();
  const orders = lab.getByRole("table").getByRole("rowheader");
  await inSight();
  await expect(orders).toHaveCount(2);
  const [first, second] = await orders.allTextContents();
  await expect(lab.getByRole("button", { name: "Run beside" })).toBeDisabled();

  await lab.getByRole("button", { name: "Swap and run" }).click();
  await waitForStatus(page, "ended");
  await inSight();
  await expect(orders).toHaveText([second, first]);
  await expect(lab.getByRole("button", { name: "Swap back and run" })).toBeVisible();

  await lab.getByRole("button", { name: "Always keep" }).first().click();
  await waitForStatus(page, "ended");
  await expect(laneChips(page)).toHaveCount(2);
  await expect(page).toHaveURL(/lane=policy:snapKv,.*keep:3-6/);

  await inSight();
  await lab.getByRole("slider").fill("0.5");
  await lab.getByRole("button", { name: "Run beside" }).click();
  await waitForStatus(page, "ended");
  await expect(page).toHaveURL(/lane=policy:snapKv,.*fair\w*:0.5/);
});
