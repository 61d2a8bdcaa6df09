// Fingers on the zoomable pictures: one scrolls the page over a whole picture, two zoom it, one moves a zoomed one.
import { expect, test, type CDPSession, type Locator, type Page } from "@playwright/test";
import { openPageAtRest, press } from "./page";

test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

type Finger = readonly [x: number, y: number];

/** Moves fingers from one set of places to another, as a hand would, in steps. */
async function drag(touch: CDPSession, from: readonly Finger[], to: readonly Finger[]): Promise<void> {
  const send = (type: "touchStart" | "touchMove" | "touchEnd", places: readonly Finger[]) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: places.map(([x, y], id) => ({ x, y, id })) });
  await send("touchStart", from);
  for (let part = 1; part <= 8; part++) {
    await send(
      "touchMove",
      from.map(([x, y], id) => [x + ((to[id][0] - x) * part) / 8, y + ((to[id][1] - y) * part) / 8]),
    );
  }
  await send("touchEnd", []);
}

async function middleOf(plot: Locator): Promise<Finger> {
  const box = await plot.boundingBox();
  if (box === null) throw new Error("the picture is not on screen");
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
}

/** Scrolls the plot clear of the time axis at the bottom of the page, once late panels have taken their height. */
async function centre(plot: Locator): Promise<void> {
  const top = (): Promise<number> =>
    plot.evaluate((element) => {
      element.scrollIntoView({ block: "center" });
      return element.getBoundingClientRect().top;
    });
  let last = NaN;
  await expect
    .poll(async () => {
      const [before, now] = [last, await top()];
      last = now;
      return now === before;
    })
    .toBe(true);
}

const scrolled = (page: Page): Promise<number> => page.evaluate(() => window.scrollY);

test("scrolls the page with one finger, zooms with two and moves what is zoomed", async ({ page, context }) => {
  await openPageAtRest(page);
  await press(page, "Attention");
  const panel = page.getByRole("region", { name: "Attention", exact: true });
  const plot = panel.locator(".zoom-plot");
  // The panel loads when it comes into view, and then has its picture.
  await expect(() => panel.scrollIntoViewIfNeeded()).toPass();
  await centre(plot);
  const touch = await context.newCDPSession(page);

  const before = await scrolled(page);
  let [x, y] = await middleOf(plot);
  await drag(touch, [[x, y]], [[x, y + 90]]);
  await expect.poll(() => scrolled(page)).not.toBe(before);
  await expect(panel.getByRole("button", { name: "all", exact: true })).toBeDisabled();

  await centre(plot);
  [x, y] = await middleOf(plot);
  const rested = await scrolled(page);
  await drag(
    touch,
    [
      [x - 20, y],
      [x + 20, y],
    ],
    [
      [x - 80, y],
      [x + 80, y],
    ],
  );
  await expect(panel.getByRole("button", { name: "all", exact: true })).toBeEnabled();
  const ticks = (): Promise<string[]> => panel.locator(".zoom-marks text").allTextContents();
  const zoomed = await ticks();
  await drag(touch, [[x, y]], [[x + 60, y + 60]]);
  await expect.poll(ticks).not.toEqual(zoomed);
  expect(await scrolled(page)).toBe(rested);
  expect(await page.evaluate(() => window.visualViewport?.scale)).toBe(1);
});
