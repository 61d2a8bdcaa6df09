// Runs as files: saved, dropped on a page that can compute nothing, broken on the way, kept in the browser's library.
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { laneChips, mainNumber, openPageAtRest, press, tokens, waitForIdle } from "./page";
import { dragFiles, dropFiles, runComparison, savedFile, shareDialog, type DroppedFile } from "./sharing";

/** A run file as the page saves it. */
async function recordedFile(): Promise<DroppedFile> {
  return { name: "walk-snapkv.winnow", bytes: await readFile("public/runs/walk-snapkv.winnow") };
}

/** The first lane's and the second lane's run file. */
async function savedLanes(page: Page): Promise<readonly DroppedFile[]> {
  await runComparison(page);
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Files" }).click();
  const files: DroppedFile[] = [];
  for (const lane of [0, 1]) {
    await shareDialog(page)
      .getByRole("combobox", { name: "Lanes" })
      .selectOption({ index: lane + 1 });
    files.push(await savedFile(page, "Save run file"));
  }
  await page.keyboard.press("Escape");
  return files;
}

/** The tokens of the run on the stage at its last step; a panel out of sight rests. */
async function textTokens(page: Page): Promise<readonly string[]> {
  await page.keyboard.press("End");
  const text = page.getByRole("region", { name: "Text", exact: true });
  await text.scrollIntoViewIfNeeded();
  const shown = text.locator("[data-position]");
  await expect(shown.last()).toHaveText(/eos/);
  return shown.allInnerTexts();
}

/** A visitor whose browser has no GPU and does not get the engine's code. */
async function openWithoutEngine(page: Page): Promise<void> {
  await page.route(/worker/, (route) => route.abort());
  await openPageAtRest(page);
}

test("a run that is saved plays on a page without engine, alone and side by side", async ({ page, browser }) => {
  const files = await savedLanes(page);
  const shown = await textTokens(page);
  expect(files.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^winnow-walk-4x6-1-gkv-B32\.winnow$/),
    expect.stringMatching(/^winnow-walk-4x6-1-snapKv-B32\.winnow$/),
  ]);

  const context = await browser.newContext();
  const other = await context.newPage();
  await openWithoutEngine(other);
  const letGo = await dragFiles(other, [files[0]]);
  await expect(other.getByText(/Drop to open/)).toBeVisible();
  await letGo();
  await expect(other.getByText(/Drop to open/)).toBeHidden();
  await expect(other.getByText("G-KV: B 32, w 8, s 8")).toBeVisible();
  expect(await textTokens(other)).toEqual(shown);
  await other.keyboard.press("Home");
  await other.keyboard.press("Space");
  await expect.poll(() => mainNumber(other, "step")).toBeGreaterThan(3);
  await other.keyboard.press("Space");

  await dropFiles(other, files);
  await expect(laneChips(other)).toHaveCount(2);
  await context.close();
});

test("a light run is smaller and shows the same tokens and survivors", async ({ page }) => {
  await openPageAtRest(page);
  const shown = await textTokens(page);
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Files" }).click();
  const whole = await savedFile(page, "Save run file");
  await shareDialog(page)
    .getByRole("radio", { name: /^Light/ })
    .check();
  const light = await savedFile(page, "Save run file");
  expect(light.bytes.length).toBeLessThan(whole.bytes.length);
  await page.keyboard.press("Escape");
  await expect(shareDialog(page)).toBeHidden();

  await dropFiles(page, [light]);
  await expect(page.getByText("G-KV: B 96")).toBeVisible();
  expect(await textTokens(page)).toEqual(shown);
});

test("says what is wrong with a file, and keeps everything else", async ({ page }) => {
  const whole = await recordedFile();
  await openWithoutEngine(page);
  const before = await tokens(page);
  const half = { name: "half.winnow", bytes: whole.bytes.subarray(0, whole.bytes.length / 2) };
  const flipped = { name: "flipped.winnow", bytes: Buffer.from(whole.bytes) };
  flipped.bytes[Math.floor(flipped.bytes.length / 2)] ^= 4;
  const picture = { name: "picture.png", bytes: Buffer.from("not a run at all") };
  for (const file of [half, flipped, picture]) {
    await dropFiles(page, [file]);
    await expect(page.locator(".notice-error").filter({ hasText: file.name })).toBeVisible();
  }
  await dropFiles(page, [whole, whole, whole, whole, whole]);
  await expect(page.getByText(/5 runs were chosen, but at most 4 can be shown side by side/)).toBeVisible();
  expect(await tokens(page)).toEqual(before);
  // One good file among broken ones is shown.
  await dropFiles(page, [half, whole]);
  await expect(page.getByText("SnapKV: B 96")).toBeVisible();
});

test("shows what is wrong with a file on a phone too, above the timeline", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPageAtRest(page);
  await dropFiles(page, [{ name: "broken.winnow", bytes: Buffer.from("PK") }]);
  const notice = await page.getByText("broken.winnow").boundingBox();
  const timeline = await page.locator(".panel-timeline").boundingBox();
  expect(notice?.y).toBeGreaterThan(0);
  expect((notice?.y ?? 0) + (notice?.height ?? 0)).toBeLessThanOrEqual(timeline?.y ?? 0);
});

test("opens a run file that is chosen from the library's dialog", async ({ page }) => {
  const { name, bytes } = await recordedFile();
  await openWithoutEngine(page);
  await page.keyboard.press("b");
  const chooser = page.waitForEvent("filechooser");
  await press(page, "Open run file…");
  await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  await expect(page.getByText("SnapKV: B 96")).toBeVisible();
});

test("keeps runs in the browser: saved, found again, renamed, opened side by side, deleted, taken back", async ({
  page,
}) => {
  await runComparison(page);
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Files" }).click();
  await press(page, "Save to the library");
  await expect(shareDialog(page)).toContainText("✓ All 2 are in the library.");

  await openWithoutEngine(page);
  await page.reload();
  await waitForIdle(page);
  await page.keyboard.press("b");
  const library = page.getByRole("dialog", { name: "Library in this browser" });
  const names = library.getByLabel("Name", { exact: true });
  await expect(names).toHaveCount(2);
  await names.first().fill("Loses the way");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(library).toBeHidden();
  await page.keyboard.press("b");
  await expect(names.first()).toHaveValue("Loses the way");

  await library.getByRole("button", { name: "Delete Loses the way" }).click();
  await expect(names).toHaveCount(1);
  const undo = library.getByRole("button", { name: "Undo" });
  await expect(undo).toBeFocused();
  await undo.click();
  await expect(library.locator(".library")).toBeFocused();
  await expect(names).toHaveCount(2);

  for (const box of await library.getByRole("checkbox").all()) await box.check();
  await press(page, "Open 2 side by side");
  await expect(library).toBeHidden();
  await expect(laneChips(page)).toHaveCount(2);

  await page.keyboard.press("b");
  const file = await savedFile(page, "Download Loses the way");
  expect(file.name).toBe("Loses-the-way.winnow");
  expect(file.bytes.subarray(0, 4).toString()).toBe("PK\u0003\u0004");
  await library.getByRole("button", { name: "Delete Loses the way" }).click();
  await page.keyboard.press("Escape");
  await expect(library).toBeHidden();
  await page.keyboard.press("b");
  await expect(names).toHaveCount(1);
  await expect(library).toContainText(/1 run, .*This page uses/);
});

test("says that the browser gives the page no storage, and that runs can be saved as files", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { value: undefined });
  });
  await openPageAtRest(page);
  await page.keyboard.press("b");
  await expect(page.getByText("gives the page no storage; save runs as files instead")).toBeVisible();
});

test("says so if the script that makes run files is missing", async ({ page }) => {
  await page.route("**/runFileWorker-*.js", (route) => route.fulfill({ status: 404 }));
  await openPageAtRest(page);
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Files" }).click();
  await expect(shareDialog(page).getByRole("alert")).toContainText(
    "The script that makes run files could not be loaded",
  );
});

test("saves pictures and tables of a panel, and a file for Perfetto", async ({ page }) => {
  await openPageAtRest(page);
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Files" }).click();
  await shareDialog(page).getByRole("combobox", { name: "Panel" }).selectOption({ label: "Lifelines" });
  const svg = await savedFile(page, "SVG");
  expect(svg.name).toBe("winnow-lifelines.svg");
  expect(svg.bytes.toString()).toContain("Lifelines");
  expect((await savedFile(page, "PNG")).bytes.subarray(1, 4).toString()).toBe("PNG");
  const csv = await savedFile(page, "CSV");
  expect(csv.bytes.toString().split("\n").length).toBeGreaterThan(100);
  await shareDialog(page).getByRole("combobox", { name: "Clock" }).selectOption("steps");
  const trace = await savedFile(page, "Save trace events");
  expect(trace.name).toMatch(/^winnow-walk-5x20-1-gkv-B96\.trace\.json$/);
  const parsed = JSON.parse(trace.bytes.toString()) as { traceEvents: unknown[] };
  expect(parsed.traceEvents.length).toBeGreaterThan(5000);
});
