// The built page opens at all, from a sub-path, under its Content-Security-Policy.
import { expect, test } from "@playwright/test";

// Playwright complains on the console where it blocks one.
test.use({ serviceWorkers: "allow" });

test("opens with its title and a silent console", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  await page.goto("./");
  await expect(page).toHaveTitle("Winnow");
  await expect(page.locator("main")).toBeVisible({ timeout: 10_000 });
  // What the page says if it cannot start (start.spec.ts).
  await expect(page.getByText("Winnow has not started")).toHaveCount(0);
  expect(problems).toEqual([]);
});

test("has a WebGPU adapter in the webgpu project only", async ({ page }, { project }) => {
  await page.goto("./");
  const hasAdapter = await page.evaluate(async () => (await navigator.gpu.requestAdapter()) !== null);
  expect(hasAdapter).toBe(project.name === "webgpu");
});
