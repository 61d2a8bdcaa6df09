// Choosing a problem: ready ones, others by family, difficulty and number, your own text, old links.
import { expect, test, type Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, openPageAtRest, openSetUp, press } from "./page";

const problem = (page: Page) => page.getByLabel("Problem", { exact: true });

async function expectLink(page: Page, link: string): Promise<void> {
  await expect.poll(() => new URL(page.url()).hash).toBe(link);
}

test("offers three ready problems of every family, and draws any other by difficulty and number", async ({ page }) => {
  await openPageAtRest(page);
  await openSetUp(page);
  await expect(problem(page)).toHaveValue("walk-5x20-1");
  const labels = await problem(page).locator("optgroup[label=Ready] option").allInnerTexts();
  expect(labels.map((label) => label.split(":")[0])).toEqual(
    ["Walk", "Diary", "Story", "Orders"].flatMap((family) => [family, family, family]),
  );
  await page.getByLabel("Family").selectOption("Story");
  await expectLink(page, "#v4&view=explore&problem=story-7x3-1");
  await page.getByRole("slider", { name: "Difficulty" }).fill("0");
  await expectLink(page, "#v4&view=explore&problem=story-3x1-1");
  await press(page, "New problem");
  await expectLink(page, "#v4&view=explore&problem=story-3x1-2");
  await expect(problem(page).locator("option:checked")).toHaveText("Story no. 2: 3 of 4 people");
  await page.getByRole("spinbutton", { name: "Problem no." }).fill("70");
  await page.keyboard.press("Enter");
  await expectLink(page, "#v4&view=explore&problem=story-3x1-70");
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  await problem(page).selectOption({ label: "Diary: 4 rooms, 10 steps" });
  await expectLink(page, "#v4&view=explore&problem=diary-4x10-1");
  await expect(page.getByLabel("Family")).toHaveValue("diary");
  await expect(page.getByText(/^Diary: notes made in the reasoning/)).toBeVisible();
});

test("opens a link of the first version", async ({ page }) => {
  await openPageAtRest(page, "#v1&problem=tour&rooms=4&steps=22&n=7");
  await openSetUp(page);
  await expect(problem(page).locator("option:checked")).toHaveText("Walk no. 7: 4 rooms, 22 steps, rooms seen early");
  await expect(page.locator(".notices")).toBeEmpty();
});

test("says which words of your own text the model knows, and starts from the problem on show", async ({ page }) => {
  await openPageAtRest(page, "#v2&problem=story-3x1-2");
  await openSetUp(page);
  await problem(page).selectOption("Own text");
  const text = page.getByLabel("Own text", { exact: true });
  await text.fill("Ana has 12 apples in total , Ben has 3.");
  await expect(page.getByText(/^Not in the vocabulary/)).toContainText("apples 3. “3.” is in it as “3 .”");
  await page.getByText("All 196 words of its vocabulary").click();
  await expect(page.getByText("pantry", { exact: true })).toBeVisible();
  await press(page, "Start from story-3x1-2");
  await expect(text).toHaveValue(/^<bos> Facts : .* <think>$/);
  await expect(page.getByText("Every word is in the vocabulary.")).toBeVisible();
  await problem(page).selectOption("story-3x1-2");
  await expect(text).toBeHidden();
});

test("is accessible with an own text, and fits it into 360 px", async ({ page }) => {
  await openPageAtRest(page, "#v2&problem=text&text=Start+in+Oz+.");
  await openSetUp(page);
  await page.getByText("All 196 words of its vocabulary").click();
  await expectAccessible(page, { inDarkToo: true });
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
});

test("fits the longest names of problems into 360 px", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPageAtRest(page, "#v2&problem=orders5-walk-6x28-3");
  await openSetUp(page);
  await expectNoSidewaysScroll(page);
});
