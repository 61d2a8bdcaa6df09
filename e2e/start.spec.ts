// What a visitor reads if the page cannot start: never a blank page.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, type Page } from "@playwright/test";

const reason = (page: Page) => page.getByText("Winnow has not started");

test("says why it cannot start when it is opened from a folder", async ({ page }) => {
  await page.goto(`file://${path.resolve("dist/index.html")}`);
  await expect(reason(page)).toBeVisible({ timeout: 10_000 });
  await expect(page.getByText("browsers load no programs from a folder")).toBeVisible({ timeout: 10_000 });
});

test("says so if its address lacks the slash at the end", async ({ page, baseURL }) => {
  const address = `${String(baseURL)}no-slash`;
  const body = await readFile("dist/index.html", "utf8");
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.route("**/some/folder/assets/**", (route) => route.fulfill({ status: 404 }));
  await page.goto(address);
  await expect(page.getByText("add / to it")).toBeVisible({ timeout: 10_000 });
});

test("says so if its program is missing", async ({ page }) => {
  await page.route("**/*.js", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await expect(reason(page)).toBeHidden();
  await expect(reason(page)).toBeVisible({ timeout: 10_000 });
});

test("says so if JavaScript is off", async ({ browser, baseURL }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(String(baseURL));
  await expect(page.getByText("JavaScript is off, or the browser is older")).toBeVisible({ timeout: 10_000 });
  await page.close();
});
