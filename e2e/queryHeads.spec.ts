// A live run that records every query head: each can be chosen in the attention panel, and its table follows.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { openPageAtRest, runToEnd } from "./page";

function attention(page: Page): Locator {
  return page.getByRole("region", { name: "Attention", exact: true });
}

/** Position and share of the cells on show, newest step first. */
async function tableOf(page: Page, heads: string): Promise<Map<string, number>> {
  await attention(page).getByRole("combobox", { name: "of" }).selectOption({ label: heads });
  const rows = await attention(page)
    .locator("tbody tr")
    .evaluateAll((found) => found.map((row) => Array.from(row.children, (cell) => cell.textContent)));
  return new Map(rows.map(([step, position, , share]) => [`${step}:${position}`, Number(share)]));
}

test("shows each query head of the focused KV head, whose largest is the KV head's row", async ({ page }, {
  project,
}) => {
  const backend = project.name === "webgpu" ? "&on=gpu" : "";
  await openPageAtRest(page, `#v2&B=64&problem=walk-5x6-1&max=24&heads=1${backend}`);
  await runToEnd(page);
  // The panel loads when it is scrolled into view.
  await attention(page).scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: "Menu of Attention", exact: true }).click();
  await page.getByRole("menu").getByText("As a table", { exact: true }).click();
  const joined = await tableOf(page, "KV head (maximum)");
  const first = await tableOf(page, "query head 0");
  const second = await tableOf(page, "query head 1");
  await expect(attention(page)).toContainText("KV head 0 · query head 1");
  expect(joined.size).toBeGreaterThan(100);
  expect([...first.values()]).not.toEqual([...second.values()]);
  for (const [cell, share] of joined) {
    const largest = Math.max(first.get(cell) ?? NaN, second.get(cell) ?? NaN);
    expect(Math.abs(largest - share)).toBeLessThan(0.005); // 8 bits each
  }
});
