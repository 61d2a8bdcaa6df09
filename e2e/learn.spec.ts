// A lesson from start to hand-in: predict, find, change, and a link that proves it in a fresh profile.
import { expect, test } from "@playwright/test";
import { choosePace, expectAccessible, mainNumber, press, waitForIdle } from "./page";

test("a lesson from start to hand-in", async ({ page, browser }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("./#v4&view=learn");
  const opening = page.waitForEvent("filechooser");
  await press(page, "Open a lesson file…");
  const chooser = await opening;
  await chooser.setFiles({
    name: "mine.json",
    mimeType: "application/json",
    buffer: Buffer.from('{"winnowLesson": 1, "id": "mine", "title": 7}'),
  });
  await expect(page.getByText(/mine\.json isn’t a lesson\. title: expected string, found 7\./)).toBeVisible();

  await page.getByRole("button", { name: /^2 It grows: a budget/ }).click();
  const done = page.getByText("✓ Done");
  await page.getByRole("button", { name: "112", exact: true }).click();
  await expect(page.getByText("The run agrees")).toBeVisible();
  await press(page, "Next");

  await expect(page.getByRole("heading", { name: "An event", exact: true })).toBeVisible();
  await expect.poll(() => mainNumber(page, "step")).toBe(32);
  await expect(done).toHaveCount(0);
  await press(page, "Give me a hint");
  await expect(page.getByText("The triangles in the bar at the bottom are the events.")).toBeVisible();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(done).toBeVisible();
  await expectAccessible(page);

  // Leaving loses nothing.
  await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Explore" }).click();
  await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Learn" }).click();
  await expect(done).toBeVisible();
  expect(await mainNumber(page, "step")).toBe(48);

  await page.getByRole("button", { name: "Part 5: The smallest budget" }).click();
  await page.getByRole("spinbutton", { name: "Budget" }).fill("48");
  await page.keyboard.press("Enter");
  await expect(done).toBeVisible({ timeout: 30_000 });
  await waitForIdle(page);
  const link = page.getByRole("textbox", { name: "Hand-in link" });
  await expect(link).toHaveValue(/proof=|#v4z/);

  const teacher = await browser.newPage();
  await teacher.goto(await link.inputValue());
  await choosePace(teacher, "full speed");
  await expect(teacher.getByText(/Reproduced exactly/)).toBeVisible({ timeout: 30_000 });
  await teacher.close();
});

test("lessons on merging, on bits and on what is left unread run their methods", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const agrees = page.getByText("The run agrees");
  await page.goto("./#v4&view=learn&lesson=merge-instead:1");
  await waitForIdle(page);
  await page.getByRole("button", { name: "About one in ten", exact: true }).click();
  await expect(agrees).toBeVisible({ timeout: 30_000 });

  await page.goto("./#v4&view=learn&lesson=bits-or-tokens:2");
  await waitForIdle(page);
  await page.getByLabel("Bits of a value", { exact: true }).selectOption("2 bits");
  await expect(page.getByText("✓ Done")).toBeVisible({ timeout: 30_000 });

  await page.goto("./#v4&view=learn&lesson=unread:1");
  await waitForIdle(page);
  await page.getByRole("button", { name: "52", exact: true }).click();
  await expect(agrees).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
});
