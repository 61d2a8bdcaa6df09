// A lecture: a deck made from recorded runs, shared as a link, and presented by whoever opens it, with a clicker.
import { expect, test, type Page } from "@playwright/test";
import { mainNumber, openPage, openPageAtRest, press, waitForIdle } from "./page";

test("a deck made here is presented in a fresh profile, moment by moment", async ({ page, browser, baseURL }) => {
  await openPageAtRest(page);
  const first = await addMomentAt(page, 1);
  const second = await addMomentAt(page, 3);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/command/i).fill("Walk: SnapKV");
  await page.keyboard.press("Enter");
  await waitForIdle(page);
  await addMomentAt(page, 2);

  await press(page, "Present");
  const moments = page.getByRole("list", { name: "Moments" }).getByRole("button");
  await expect(moments).toHaveCount(3);
  await page.getByLabel("Title of the deck").fill("What a small memory forgets");
  await moments.nth(1).click();
  await page.getByLabel("Title", { exact: true }).fill("Sixteen words go");
  await page.getByLabel(/^Notes/).fill("Ask first: which would you keep?");
  await page.locator(".desk-head").getByRole("button", { name: "Share" }).click();
  await expect(page.getByLabel("Link to the deck")).toHaveValue(/#v4/);
  const link = await page.getByLabel("Link to the deck").inputValue();
  expect(link.length).toBeLessThan(1500);

  const fresh = await browser.newPage({ baseURL });
  await openPage(fresh, new URL(link).hash);
  await expect(fresh.getByLabel("Title of the deck")).toHaveValue("What a small memory forgets");
  const notesWindow = fresh.waitForEvent("popup");
  await press(fresh, "Notes window");
  const notes = await notesWindow;
  await fresh.bringToFront();
  await press(fresh, "▶ Start");
  await expect(fresh.locator(".page-header")).toBeHidden();
  await expect(fresh.locator("main")).toHaveAttribute("data-step", String(first));
  await waitForIdle(fresh);
  await fresh.keyboard.press("PageDown");
  // Played, not cut: the clock is on its way.
  await expect(fresh.locator("main")).toHaveAttribute("data-idle", "false");
  await waitForIdle(fresh);
  expect(await mainNumber(fresh, "step")).toBe(second);
  await expect(notes.getByRole("heading", { level: 1 })).toHaveText("Sixteen words go");
  await expect(notes.getByText("Ask first: which would you keep?")).toBeVisible();
  await notes.getByRole("button", { name: "Next moment →" }).click();
  await expect(fresh.locator(".title-card")).toContainText("SnapKV");
  await expect(fresh.locator(".title-card")).toHaveCount(0, { timeout: 20_000 });
  await fresh.keyboard.press("b");
  await expect(fresh.getByRole("button", { name: /The screen is black/ })).toBeVisible();
  await fresh.keyboard.press("b");
  await fresh.keyboard.press("Escape");
  await expect(fresh.locator(".page-header")).toBeVisible();
  await fresh.close();
});

/** At that event; its step. */
async function addMomentAt(page: Page, events: number): Promise<number> {
  await page.keyboard.press("Home");
  for (let count = 0; count < events; count++) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("d");
  return mainNumber(page, "step");
}
