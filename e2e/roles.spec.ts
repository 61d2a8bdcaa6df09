// Head roles: a query head chosen in the panel is in focus on the whole page, and a task tells heads apart.
import { expect, test } from "@playwright/test";
import { expectAccessible, openPageAtRest } from "./page";

test("chooses a query head by its role, for the whole page", async ({ page }) => {
  await openPageAtRest(page);
  const roles = page.getByRole("region", { name: "Head roles", exact: true });
  // It loads when it comes into view, and rests behind the timeline.
  await page.locator(".panel-roles").evaluate((panel) => panel.scrollIntoView({ block: "center" }));
  await expect(roles).toContainText(/\d+ surface trials, mean of 7 tasks/);
  await page.locator(".panel-roles").evaluate((panel) => panel.scrollIntoView({ block: "center" }));
  await roles.getByLabel("needles").selectOption({ label: "surface: a note in the diary" });
  await roles.getByRole("button", { name: "layer 1, query head 1: InfScore 1.00" }).click();
  await expect(roles).toContainText("One trial, seen by layer 1, query head 1");
  await page.keyboard.press("ArrowRight");
  await expect(roles.getByRole("button", { name: /^layer 1, query head 2:/ })).toBeFocused();
  await expect(roles).toContainText("slots by role did better in 2");
  await expectAccessible(page, { within: ".panel-roles", inDarkToo: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(page.getByRole("button", { name: "layer 1, KV head 1", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});
