// The pitfalls lab: two orders in each other's place, an order that always stays, and a fair share, each run from the panel.
import { expect, test } from "@playwright/test";
import { expectAccessible, laneChips, openPageAtRest, runToEnd, waitForIdle, waitForStatus } from "./page";

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

test("marks words of a text by keyboard and mouse, and runs with them", async ({ page }) => {
  await openPageAtRest(
    page,
    "#v4&view=explore&problem=text&text=%3Cbos%3E+Use+euros+.+Rules+%3A+go&policy=snapKv&max=8",
  );
  await runToEnd(page);
  await waitForIdle(page);

  const lab = page.getByRole("region", { name: "Pitfalls", exact: true });
  const words = lab.getByRole("listbox", { name: "Words of the prompt" });
  await page.locator(".stage-cell-pitfalls").scrollIntoViewIfNeeded();
  await words.focus();
  for (const key of ["Home", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"]) await words.press(key);
  await expect(words.getByRole("option", { selected: true })).toHaveText(["Use", "euros", "."]);
  await lab.getByRole("button", { name: "Make an instruction" }).click();

  const [from, to] = [words.getByRole("option", { name: "Rules" }), words.getByRole("option", { name: ":" })];
  await from.dragTo(to);
  await lab.getByRole("button", { name: "Keep words" }).click();
  await expectAccessible(page, { within: ".panel-pitfalls", inDarkToo: true });
  await lab.getByRole("button", { name: "Run with marks" }).click();
  await waitForStatus(page, "ended");

  await expect(page).toHaveURL(/&keep=4-5&instructions=1-3(&|$)/);
  await page.locator(".stage-cell-pitfalls").scrollIntoViewIfNeeded();
  await expect(lab.getByRole("table").getByRole("rowheader")).toHaveText(["Use euros ."]);
});
