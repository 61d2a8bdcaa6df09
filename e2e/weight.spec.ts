// What the page fetches before anybody asks for a model: how much code, and which code may load late.
import { gzipSync } from "node:zlib";
import { expect, test, type Page } from "@playwright/test";
import { mainNumber, openPageAtRest } from "./page";

/** Most compressed bytes of code that the page may load at first. */
const MOST_BYTES = 250_000;

const paletteCode = "**/PaletteBody-*.js";

test("loads little code at first; the palette's code and the engine follow when the page is idle", async ({ page }) => {
  const scripts = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.endsWith(".js")) return;
    const body = response.body();
    body.catch(() => undefined); // one that comes after the count may end with the test
    scripts.set(pathname, body);
  });
  const idleCode = page.waitForResponse(paletteCode);
  await openPageAtRest(page, "");
  await (await idleCode).finished();
  const names = [...scripts.keys()];
  const sizes = await Promise.all([...scripts.values()].map(async (body) => gzipSync(await body, { level: 9 }).length));
  const listing = names.map((name, place) => `${name} ${sizes[place]}`).join("\n");
  expect(names.filter((name) => /ResultsView/.test(name))).toEqual([]);
  // The palette names the panels, and brings their registry; how much of what these share has come by now is chance.
  const isOfIdleTime = (name: string): boolean =>
    /\/(PaletteBody|registry|worker|panelKinds|Transport|ToolChoice)-/.test(name);
  const needed = sizes.filter((_, place) => !isOfIdleTime(names[place]));
  expect(
    needed.reduce((sum, size) => sum + size, 0),
    listing,
  ).toBeLessThan(MOST_BYTES);
});

test("keeps what is typed before the palette's code has loaded", async ({ page }) => {
  let release = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route(paletteCode, async (route) => {
    await isReleased;
    await route.continue();
  });
  await openPageAtRest(page);
  const search = page.getByLabel("Commands").and(page.locator("input"));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("step 4");
  await expect(search).toHaveValue("step 4");
  await expect(page.getByText("Loading the commands")).toBeVisible();
  release();
  await expect(page.getByRole("option", { name: "Go to step 4" })).toBeVisible();
  await expect(search).toBeFocused();
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  expect(await mainNumber(page, "step")).toBe(43);
});

test("says that the palette's code cannot be loaded", async ({ page }) => {
  await page.route(paletteCode, (route) => route.abort());
  await openPageAtRest(page);
  await page.keyboard.press("Control+k");
  await expect(dialogText(page)).toContainText("The commands could not be loaded");
  await page.keyboard.press("Escape");
  await expect(dialogText(page)).toBeHidden();
});

function dialogText(page: Page) {
  return page.getByRole("dialog", { name: "Commands" });
}
