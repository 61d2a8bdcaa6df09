// Bits of each layer: a strip that one clicks, what it costs, the search for a better one, and the run that uses it.
import { expect, test } from "@playwright/test";
import { expectAccessible, openPageAtRest, runToEnd, waitForIdle, waitForStatus } from "./page";

test("the bits of a layer are clicked, searched for, stopped, and used in the run", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=explore&problem=walk-4x10-1&policy=fullCache&store=quantised");
  await runToEnd(page);
  await waitForIdle(page);
  const panel = page.getByRole("region", { name: "Storage", exact: true });
  await page.locator(".stage-cell-storage").scrollIntoViewIfNeeded();
  const figures = panel.locator(".bits-figures");
  await expect(figures).toContainText(/KL[\d.e−-]+ nats/, { timeout: 30_000 });
  const before = await figures.innerText();

  // The keyboard goes through a layer's choices as through any group of options.
  const layer = panel.getByRole("group", { name: "Bits of layer 0" });
  await layer.getByRole("radio", { name: "4 bits" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect(layer.getByRole("radio", { name: "3 bits" })).toBeChecked();
  await layer.locator(".bits-cell").first().click();
  await expect(layer.getByRole("radio", { name: "2 bits" })).toBeChecked();
  await expect(figures).toHaveAttribute("aria-busy", "false", { timeout: 30_000 });
  await expect(figures.locator("[data-old=true]")).toHaveCount(0, { timeout: 30_000 });
  expect(await figures.innerText()).not.toBe(before);

  await panel.getByRole("button", { name: "Search" }).click();
  await expect(panel.getByRole("status")).toContainText(/trial \d+ of 24, \d+ s left/, { timeout: 30_000 });
  await panel.getByRole("button", { name: "Stop" }).click();
  await expect(panel.getByRole("button", { name: "Search" })).toBeVisible();
  await expect(panel).toContainText(/Best of \d+ tried: [2348]( [2348]){3} bits/);
  await expectAccessible(page, { within: ".stage-cell-storage", inDarkToo: true });

  const best = (await panel.locator(".bits-best strong").innerText()).trim();
  await panel.getByRole("button", { name: "Use the best in this run" }).click();
  await waitForStatus(page, "ended");
  await expect(panel.getByText("as in this run")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`lbits=${best.replaceAll(" ", "(\\+|%20)")}`));
});
