// The results: a stored table, fetched when it comes into view, read by pointer, by keyboard and as a table, and tried out.
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { chooseFromMenu, expectAccessible, expectNoSidewaysScroll, openPageAtRest, openSetUp } from "./page";

// A small real table: two families, two budgets, made with an early model. It is served as that of the page's model.
const stored = await readFile(new URL("fixtures/results.json", import.meta.url), "utf8");

async function serveTable(page: Page, text: string): Promise<void> {
  await page.route("**/results/*.json", (route) => {
    const [, modelId = ""] = /([^/]+)\.json$/.exec(new URL(route.request().url()).pathname) ?? [];
    return route.fulfill({
      contentType: "application/json",
      body: text.replace('"id": "early"', `"id": "${modelId}"`),
    });
  });
}

async function openResults(page: Page): Promise<void> {
  await serveTable(page, stored);
  await openPageAtRest(page);
  await chooseFromMenu(page, "Go to the results");
  await expect(page.locator("[data-results]")).toHaveAttribute("data-results", "table");
}

const family = (page: Page, name: string) => page.getByRole("article", { name: new RegExp(`^${name}\\s*difficulty`) });

test("fetches the model's table when it comes into view, not before", async ({ page }) => {
  const requested: string[] = [];
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  await serveTable(page, stored);
  await openPageAtRest(page);
  const tables = () => requested.filter((path) => path.includes("/results/"));
  expect(tables()).toEqual([]);
  await page.mouse.wheel(0, 10_000);
  await expect(page.locator("[data-results]")).toHaveAttribute("data-results", "table");
  expect(tables()).toHaveLength(1);
  await expect(page.getByText("3 problems a mark, the same for every policy, seeds 900000 to 900002")).toBeVisible();
  await expect(page.getByText("npm run table -- --name early")).toBeVisible();
});

test("says what is missing or broken", async ({ page }) => {
  await page.route("**/results/*.json", (route) => route.fulfill({ status: 404 }));
  await openPageAtRest(page);
  await chooseFromMenu(page, "Go to the results");
  await expect(page.getByText(/^No results are stored for this model/)).toBeVisible();
  await serveTable(page, stored.slice(0, 1000));
  await openPageAtRest(page);
  await chooseFromMenu(page, "Go to the results");
  await expect(page.getByText(/^results\/.*: expected JSON/)).toBeVisible();
});

test("lights the lines of one policy, by pointer and by keyboard, and reads the mark under the pointer", async ({
  page,
}) => {
  await openResults(page);
  const dimmed = page.locator(".column-dimmed");
  await expect(dimmed).toHaveCount(0);
  await page.getByRole("button", { name: "Prompt + recent" }).hover();
  await expect(dimmed).toHaveCount(16); // 8 of 9 policies in 2 charts
  await page.mouse.move(5, 5);
  await expect(dimmed).toHaveCount(0);
  await page.getByRole("button", { name: "G-KV", exact: true }).focus();
  await expect(page.locator('[data-column="gkv"]').first()).not.toHaveClass(/dimmed/);
  await expect(dimmed).toHaveCount(16);
  await page.getByRole("button", { name: "G-KV", exact: true }).blur();

  const walk = family(page, "Walk");
  const mark = await walk.locator('[data-column="gkv"] .column-mark').first().boundingBox();
  await page.mouse.move((mark?.x ?? 0) + 3, (mark?.y ?? 0) + 3);
  await expect(walk.getByText("G-KV, 25 %, 47 slots: 100 % right")).toBeVisible();
});

test("changes what is counted and the window, and sets a cell’s problem and policy to be run here", async ({
  page,
}) => {
  await openResults(page);
  const walk = family(page, "Walk");
  await walk.getByText("Figures", { exact: true }).click();
  const figures = () => walk.getByRole("row", { name: /^R-KV/ }).getByRole("cell").allInnerTexts();
  expect(await figures()).toEqual(["0", "100"]);
  await page.getByLabel("counted").selectOption({ label: "word for word" });
  expect(await figures()).toEqual(["0", "67 ± 27"]);
  const gkv = () =>
    walk
      .getByRole("row", { name: /^G-KV \d/ })
      .getByRole("cell")
      .allInnerTexts();
  expect(await gkv()).toEqual(["100", "100"]);
  await page.getByLabel("window, interval").selectOption({ label: "w 8, s 16" });
  expect(await gkv()).toEqual(["0", "100"]);

  await walk.getByRole("row", { name: "G-KV, α = 0" }).getByRole("button").first().press("Enter");
  await walk.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText(/Set for the next run: G-KV, α = 0, 47 slots, problem walk-\w+-900000\./)).toBeVisible();
  const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
  expect(hash.get("problem")).toMatch(/^walk-\d+x\d+-900000$/);
  expect([hash.get("B"), hash.get("w"), hash.get("alpha")]).toEqual(["47", "8", "0"]);
  await openSetUp(page);
  await expect(page.getByLabel("Policy")).toHaveValue("gkv");
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  await walk.getByRole("row", { name: "SnapKV" }).getByRole("button").first().click();
  await walk.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText(/Set for the next run:/)).toHaveText(/SnapKV, 47 slots/);
});

test("is accessible with its figures, and fits 360 px", async ({ page }) => {
  await openResults(page);
  await family(page, "Orders").getByText("Figures", { exact: true }).click();
  await page.getByRole("button", { name: "SnapKV" }).click();
  await expectAccessible(page, { within: ".results", inDarkToo: true });
  await page.setViewportSize({ width: 360, height: 740 });
  await family(page, "Walk").getByText("Figures", { exact: true }).click();
  await expectNoSidewaysScroll(page);
});
