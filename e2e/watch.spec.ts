// Watch: a first visit plays, slows into the first event, and shows its decision; nothing scrolls at any size.
import { expect, test, type Page } from "@playwright/test";
import { expectAccessible, mainNumber, openPageAtRest } from "./page";

const sizes = [
  [1280, 720],
  [1440, 900],
  [1024, 768],
  [820, 1180],
  [360, 740],
] as const;

test("decides its first event by itself, one beat after the other, and fits every screen", async ({ page }) => {
  const beats = await collectTexts(page, ".watch-beat");
  const counts = await collectTexts(page, ".watch-memory-count");
  await page.goto("./");
  const beat = page.locator(".watch-beat");
  await expect(beat).toHaveText("The newest 16 words look back at each older word.", { timeout: 10_000 });
  // Whoever points at the chart holds the clock.
  await page.locator(".watch-chart").hover({ position: { x: 20, y: 60 } });
  await expect(page.getByText("waits while you point")).toBeVisible();
  await page.mouse.move(0, 0);
  await page.locator("[data-beat=lifted] .watch-word-lifted").first().waitFor();
  await expect.poll(beats).toContain("Decided at word 33");
  // A slow machine may show it for a frame only.
  expect(await counts()).toEqual(expect.arrayContaining(["106 of 96", "96 of 96"]));
  await page.keyboard.press("Space");
  const said = await beats();
  const start = said.indexOf("The newest 16 words look back at each older word.");
  expect(said.slice(start, start + 7)).toEqual([
    "The newest 16 words look back at each older word.",
    "Past attention counts too, a little less each time.",
    "A word unlike the others gets more.",
    "The highest first.",
    "There is room for 80 older words: the lowest 10 go.",
    "The words that stay close up.",
    "Decided at word 33",
  ]);
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - innerWidth, scrollHeight - innerHeight];
    });
    expect(overflow, `${width} × ${height}`).toEqual([0, 0]);
    await expect(page.locator(".watch-word-newest")).toBeInViewport();
  }
});

test("rests where motion is unwanted, and steps through the beats by keyboard", async ({ page }) => {
  await openPageAtRest(page, "");
  const last = (await mainNumber(page, "step-count")) - 1;
  expect(await mainNumber(page, "step")).toBe(last);
  await expect(page.getByText("answer 38 ✓")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+ArrowRight");
  const beat = page.locator(".watch-beat");
  await expect(beat).toHaveText("Decided at word 33");
  await page.keyboard.press("ArrowLeft");
  await expect(beat).toHaveText("There is room for 80 older words: the lowest 10 go.");
  await page.keyboard.press("ArrowLeft");
  await expect(beat).toHaveText("The highest first.");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await mainNumber(page, "step")).toBe(33);
});

/** Collects what an element says, however briefly. */
async function collectTexts(page: Page, selector: string): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript((of) => {
    const said: string[] = [];
    Object.assign(window, { said: { ...(window as unknown as { said?: object }).said, [of]: said } });
    new MutationObserver(() => {
      const text = document.querySelector(of)?.textContent ?? "";
      if (text !== said.at(-1)) said.push(text);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, selector);
  return () => page.evaluate((of) => (window as unknown as { said: Record<string, string[]> }).said[of], selector);
}
