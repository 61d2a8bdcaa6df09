// The stage: panels come and go, fill the page, appear as tables and files, and stay where they were put.
import { readFile } from "node:fs/promises";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { expectAccessible, openPageAtRest } from "./page";

function panel(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true });
}

async function choose(page: Page, title: string, entry: string): Promise<void> {
  // A panel below the first screen loads when it comes into view.
  await panel(page, title).scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: `Menu of ${title}`, exact: true }).click();
  await page.getByRole("menu").getByText(entry, { exact: true }).click();
}

/** Pixels of the element's lower part that the timeline covers. */
function hiddenPixels(element: Element): number {
  const { top } = document.querySelector(".panel-timeline")?.getBoundingClientRect() ?? { top: 0 };
  return Math.max(0, element.getBoundingClientRect().bottom - top);
}

async function downloaded(page: Page, title: string, entry: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download"), choose(page, title, entry)]);
  return readFile(await file.path(), "utf8");
}

test("enlarges a panel until Escape; hides one, keeps that over a reload, and brings all back", async ({ page }) => {
  await openPageAtRest(page);
  const width = async (): Promise<number> => (await panel(page, "Score").boundingBox())?.width ?? 0;
  const before = await width();
  await choose(page, "Score", "Full size");
  expect(await width()).toBeGreaterThan(1.5 * before);
  await page.keyboard.press("Escape");
  expect(await width()).toBeCloseTo(before, 0);

  // Its place is far below the view that it covers after a reload.
  await choose(page, "Window overlap", "Full size");
  await openPageAtRest(page);
  await expect(panel(page, "Window overlap").locator("svg").first()).toBeInViewport();
  await page.keyboard.press("Escape");

  await choose(page, "Cache map", "Hide");
  await expect(panel(page, "Cache map")).toBeHidden();
  await openPageAtRest(page);
  await expect(panel(page, "Score")).toBeVisible();
  await expect(panel(page, "Cache map")).toBeHidden();
  await page.getByRole("button", { name: /^Layout/ }).click();
  await page.getByRole("menuitem", { name: "Reset layout" }).click();
  await expect(panel(page, "Cache map")).toBeVisible();
});

test("brings a panel into view that the menu or the palette shows", async ({ page }) => {
  await openPageAtRest(page);
  await page.getByRole("button", { name: "Panels", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Storage" }).click();
  await expect(panel(page, "Storage").getByText("How alike the heads are")).toBeInViewport();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/command/i).fill("Show the Score card panel");
  await page.keyboard.press("Enter");
  await expect(panel(page, "Score card").locator("table").first()).toBeInViewport();
});

test("makes a column wider by the keyboard, and remembers it", async ({ page }) => {
  await openPageAtRest(page);
  const width = async (): Promise<number> => (await panel(page, "Text").boundingBox())?.width ?? 0;
  const before = await width();
  await page.getByRole("separator", { name: "Width of the score and why column" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBeGreaterThan(before + 10);
  const wider = await width();
  await openPageAtRest(page);
  await expect.poll(width).toBeCloseTo(wider, 0);
});

test("lays the panels out by name and as saved, keeps widths through a narrow window, and resets them", async ({
  page,
}) => {
  await openPageAtRest(page);
  const width = async (): Promise<number> => (await panel(page, "Text").boundingBox())?.width ?? 0;
  const layout = async (entry: string): Promise<void> => {
    await page.getByRole("button", { name: /^Layout/ }).click();
    await page.getByRole("menu").getByText(entry, { exact: true }).click();
  };
  const first = await width();
  await layout("Decision");
  await expect(panel(page, "Cache map")).toBeHidden();
  await layout("Save this layout…");
  await page.getByLabel("Save what is on screen as").fill("Lecture");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await layout("Overview");
  await expect(panel(page, "Cache map")).toBeVisible();
  await layout("Lecture");
  await expect(panel(page, "Cache map")).toBeHidden();
  await layout("Overview");
  await page.getByRole("separator", { name: /^Width of the score/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBeGreaterThan(first + 10);
  const wider = await width();
  // As a page that is zoomed in, and back.
  await page.setViewportSize({ width: 640, height: 360 });
  await expect.poll(width).not.toBeCloseTo(wider, 0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(width).toBeCloseTo(wider, 0);
  await layout("Reset layout");
  await expect.poll(width).toBeCloseTo(first, 0);
});

test("gives a panel as a table, a CSV file and an SVG file that agree", async ({ page }) => {
  await openPageAtRest(page);
  await choose(page, "Text", "As a table");
  const cells = panel(page, "Text").locator("tbody tr").nth(3).locator("td");
  const [position, token] = [await cells.nth(0).innerText(), await cells.nth(1).innerText()];
  expect(position).toBe("3");
  const csv = await downloaded(page, "Text", "Download CSV");
  expect(
    csv
      .split("\n")[4]
      .split(",")
      .slice(0, 2)
      .map((cell) => cell.trim()),
  ).toEqual(["3", token.trim()]);
  const svg = await downloaded(page, "Score", "Download SVG");
  expect(svg).toContain("cut-off");
  expect(svg).toContain("evicted");
  expect(svg).not.toContain("class=");
});

for (const [width, height] of [
  [1280, 720],
  [360, 740],
]) {
  test(`brings a decision that plays into view above the timeline at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openPageAtRest(page);
    if (width < 560) await page.getByRole("button", { name: "Score", exact: true }).click();
    const button = panel(page, "Score").getByRole("button", { name: "Watch the decision" });
    // Pressed where it lies, so that nothing but the page scrolls.
    await button.evaluate((element) => (element as HTMLElement).click());
    await expect(panel(page, "Score").getByText("1 of 4")).toBeVisible();
    const chart = panel(page, "Score").getByRole("img", { name: /^Scores at step/ });
    await expect.poll(() => chart.evaluate(hiddenPixels)).toBe(0);
  });
}

test("is accessible with panels explained, tabulated, enlarged and away", async ({ page }) => {
  // Every element of nine panels is looked at.
  test.slow();
  await openPageAtRest(page);
  await page.getByText("kitchen", { exact: true }).first().click();
  for (const title of ["Score", "Window overlap"]) await choose(page, title, "As a table");
  for (const title of ["Why", "Sparse mask", "Lifelines"]) await choose(page, title, "Explanation");
  await choose(page, "Cache map", "Explanation");
  await expect(panel(page, "Cache map").getByRole("note")).toContainText("agreement of two heads");
  await choose(page, "Meters", "Hide");
  await choose(page, "Cache map", "Full size");
  await expectAccessible(page, { inDarkToo: true });
});
