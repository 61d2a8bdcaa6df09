// Examples that make a point: opened, replayed as they were stored, and looked at lane by lane.
import { expect, test } from "@playwright/test";
import { choosePace, expectAccessible, openPageAtRest, press, waitForStatus } from "./page";
import { replayOf } from "./sharing";

test("an example replays as stored, and opens at its moment", async ({ page }) => {
  await openPageAtRest(page);
  await choosePace(page, "full speed");
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Examples that make a point" });
  const first = dialog.getByRole("listitem").first();
  await expect(first).toContainText("G-KV keeps what SnapKV evicts");
  const lostAt = Number(/at step (\d+)/.exec(await first.innerText())?.[1]);
  await expectAccessible(page, { within: "dialog[open]" });
  await first.getByRole("button", { name: "Open" }).click();
  await expect(dialog).toBeHidden();
  await waitForStatus(page, "ended");
  await expect(replayOf(page)).toContainText(/Reproduced exactly: \d+ tokens and \d+ events in 3 lanes\./);
  await expect(page.locator("main")).toHaveAttribute("data-step", String(lostAt));

  const mark = page.getByRole("group", { name: "Example on screen" });
  await expect(mark).toContainText("✓ as claimed");
  await expect(mark).toContainText("G-KV keeps what SnapKV evicts");
  await press(page, "Side by side");
  const lanes = page.getByRole("region", { name: "Lanes" });
  await expect(lanes.getByRole("radio", { name: /SnapKV/ })).toBeChecked();
  await page.keyboard.press("End");
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "wrong");
  await page.keyboard.press("2");
  await expect(lanes.getByRole("radio", { name: /G-KV/ })).toBeChecked();
  await expect(page.locator("main")).toHaveAttribute("data-verdict", "right");
  await expectAccessible(page, { within: ".panel-lanes" });
});

test("lanes that are fed the full cache’s tokens read the same text", async ({ page }) => {
  await openPageAtRest(page, "#v3&problem=walk-4x6-1&B=32&w=8&s=8&lane=policy:snapKv&tokens=forced");
  await choosePace(page, "full speed");
  await press(page, "Run");
  await waitForStatus(page, "ended");
  const text = page.getByRole("region", { name: "Prompt and generated text" });
  const words = await text.innerText();
  await press(page, "Side by side");
  await page.keyboard.press("2");
  await expect(page.getByRole("radio", { name: /SnapKV/ })).toBeChecked();
  expect(await text.innerText()).toBe(words);
  await expect(page.getByRole("region", { name: "Lanes" })).toContainText(
    "How far the next word lies from the full cache",
  );
});
