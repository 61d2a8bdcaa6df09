// Squeezing on Watch: less memory turns the answer wrong, the strip fills while nobody touches the page, and one of its cells
// opens its run.
import { expect, test, type Page } from "@playwright/test";
import { openPageAtRest } from "./page";

async function expectVerdict(page: Page, verdict: "right" | "wrong"): Promise<void> {
  await expect(page.locator("main")).toHaveAttribute("data-verdict", verdict, { timeout: 30_000 });
}

test("less memory turns the answer wrong, and the strip leads back to a right one", async ({ page }) => {
  await openPageAtRest(page, "#v4&view=watch");
  await expectVerdict(page, "right");
  await expect(page.getByText("recorded", { exact: true })).toBeVisible();

  await page.getByRole("slider", { name: "Memory" }).press("Home");
  await expectVerdict(page, "wrong");
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
  await expect(page.getByText("32 words", { exact: true })).toBeVisible();
  await expect.poll(() => new URL(page.url()).hash).toContain("B=32");

  const strip = page.getByRole("grid", { name: /Where it breaks/ });
  await expect(strip.getByRole("gridcell", { name: "Global score (G-KV), 32 words: wrong answer" })).toBeVisible();
  const whole = strip.getByRole("gridcell", { name: "Nothing, every word: right answer" }).last();
  await expect(whole).toBeVisible({ timeout: 30_000 });
  await whole.click();
  await expectVerdict(page, "right");
  await expect(page.getByRole("radio", { name: "Nothing" })).toBeChecked();

  await page.keyboard.press("Control+z");
  await expectVerdict(page, "wrong");
  await expect(page.getByRole("radio", { name: "Global score (G-KV)" })).toBeChecked();
});

test("fetches and computes nothing unasked for who saves data", async ({ page }) => {
  const engines: string[] = [];
  page.on("request", (request) => {
    if (/worker|safetensors/.test(request.url())) engines.push(request.url());
  });
  await page.addInitScript(() => Object.defineProperty(navigator, "connection", { value: { saveData: true } }));
  await openPageAtRest(page, "#v4&view=watch");
  const compute = page.getByRole("button", { name: /^Compute where it breaks \(about \d+ s\)$/ });
  await expect(compute).toBeVisible();
  expect(engines).toEqual([]);
  await compute.click();
  await expect(page.getByRole("gridcell", { name: "Nothing, every word: right answer" }).first()).toBeVisible({
    timeout: 30_000,
  });
});
