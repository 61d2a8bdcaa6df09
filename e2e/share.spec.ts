// Sharing an experiment: a link that proves itself, tampered ones, moments, frames, and the way back through settings.
import { expect, test } from "@playwright/test";
import {
  chooseFromMenu,
  expectAccessible,
  laneChips,
  mainNumber,
  openPageAtRest,
  openSetUp,
  press,
  waitForStatus,
} from "./page";
import { comparison, copiedLink, replay, replayOf, runComparison, shareDialog } from "./sharing";

test("somebody else reproduces a shared comparison, but not a tampered one", async ({ page, browser, baseURL }) => {
  await runComparison(page);
  const link = await copiedLink(page, "Experiment");
  expect(link.startsWith(`${baseURL ?? ""}#v4`)).toBe(true);

  const context = await browser.newContext();
  const other = await context.newPage();
  await replay(other, link);
  await expect(replayOf(other)).toContainText(/Reproduced exactly: \d+ tokens and \d+ events in 2 lanes\./);
  const tokenCounts = await mainNumber(page, "step-count");
  expect(await mainNumber(other, "step-count")).toBe(tokenCounts);

  // Another setting under the same proof: it says where the first lane parts, and leads there.
  await replay(other, link.replace("#v4&", "#v4&alpha=0.2&"));
  await expect(replayOf(other)).toContainText("Reproduced in 1 of 2 lanes.");
  await expect(replayOf(other)).toContainText(/Lane 1: Not reproduced: the tokens differ at step \d+\./);
  const go = replayOf(other).getByRole("button", { name: /^Go to step/ });
  const step = Number(/\d+/.exec(await go.innerText())?.[0]);
  await go.click();
  expect(await mainNumber(other, "step")).toBe(step);
  // What is out of sight rests.
  await other.getByRole("region", { name: "Text", exact: true }).scrollIntoViewIfNeeded();
  await expect(other.locator(".token-pinned")).toHaveCount(1);

  // A letter of an event's survivors: the tokens hold, the survivors do not.
  const tampered = link.replace(/(proof=(?:\w+\.){4})(.)/, (_, head: string, letter: string) => {
    return head + (letter === "A" ? "B" : "A");
  });
  expect(tampered).not.toBe(link);
  await replay(other, tampered);
  await expect(replayOf(other)).toContainText(/Lane 1: The same \d+ tokens, but not the same survivors/);

  // A letter of the tokens' digest: the proof contradicts itself.
  await replay(
    other,
    link.replace(/(proof=[\w.-]+)([\w-])(?=&|$)/, (_, head: string, letter: string) => {
      return head + (letter === "A" ? "B" : "A");
    }),
  );
  await expect(replayOf(other)).not.toHaveAttribute("data-replay", "reproduced");
  await context.close();
});

test("a moment brings back step, lane, head, pin and panels", async ({ page, browser }) => {
  await runComparison(page);
  await laneChips(page).filter({ hasText: "SnapKV" }).click();
  await page.locator('[data-cell="1.2"]').click();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+ArrowRight");
  await page.locator("[data-position='12']").click();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("hide meters");
  await page.keyboard.press("Enter");
  const step = await mainNumber(page, "step");
  expect(step).toBeGreaterThan(0);
  const link = await copiedLink(page, "This moment");

  const context = await browser.newContext();
  const other = await context.newPage();
  await replay(other, link);
  await expect(replayOf(other)).toHaveAttribute("data-replay", "reproduced");
  await expect.poll(() => mainNumber(other, "step")).toBe(step);
  await other.getByRole("region", { name: "Cache map" }).scrollIntoViewIfNeeded();
  await expect(other.locator('[data-cell="1.2"]')).toHaveAttribute("aria-pressed", "true");
  await expect(other.locator(".token-pinned")).toHaveAttribute("data-position", "12");
  await expect(laneChips(other).filter({ hasText: "SnapKV" })).toHaveAttribute("aria-pressed", "true");
  await expect(other.getByRole("region", { name: "Meters" })).toHaveCount(0);
  await context.close();
});

test("says what a link carries and why it has no proof; copies it, or names the keys to press", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openPageAtRest(page, comparison);
  await page.keyboard.press("s");
  await expect(shareDialog(page)).toContainText("The run on screen has other settings");
  await expect(shareDialog(page)).toContainText("2: G-KV, SnapKV; each with its own tokens.");
  await expect(shareDialog(page)).toContainText(/Problem .walk-4x6-1., Budget B 32 slots/);
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  expect(link).not.toContain("proof");
  await press(page, "Copy");
  await expect(shareDialog(page)).toContainText("✓ Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await press(page, "Copy");
  await expect(shareDialog(page)).toContainText("press Ctrl+C");
  expect(await page.evaluate(() => String(window.getSelection()) || document.activeElement?.textContent)).toContain(
    link,
  );
});

test("previews a frame while its options are ticked, and gives its code", async ({ page }) => {
  await openPageAtRest(page);
  await press(page, "Share");
  await expect(page.locator("iframe")).toHaveCount(0);
  await page.getByRole("tab", { name: "Embed" }).click();
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("main[data-step-count]:not([data-step-count='0'])")).toBeVisible();
  await page.getByRole("group", { name: "Panels" }).getByLabel("Cache map").uncheck();
  await page.getByRole("group", { name: "Panels" }).getByLabel("Score", { exact: true }).check();
  await page.getByLabel("Starts").selectOption("paused");
  await expect(frame.getByRole("region", { name: /Score/ })).toBeVisible();
  await expect(frame.getByRole("region", { name: "Cache map" })).toHaveCount(0);
  await expect(frame.locator("main")).toHaveAttribute("data-step", "0");
  const code = await page.getByRole("textbox", { name: "Code" }).inputValue();
  expect(code).toContain("?embed&amp;panels=text,score,timeline&amp;start=paused&amp;run=walk-gkv");
  expect(code).toContain('height="480"');
});

test("gives a frame of exactly what is on screen", async ({ page }) => {
  await openPageAtRest(page);
  await openSetUp(page);
  await page
    .getByRole("combobox", { name: "recorded runs" })
    .selectOption({ label: "Walk: G-KV (right) and SnapKV (wrong), 96 tokens kept" });
  await expect(laneChips(page).nth(1)).toContainText("SnapKV");
  await page.keyboard.press("2");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.locator(".token[data-position='30']").click();
  const step = await mainNumber(page, "step");
  await press(page, "Share");
  await page.getByRole("tab", { name: "Embed" }).click();
  const starts = page.getByLabel("Starts");
  await expect(starts).toHaveValue("moment");
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("main")).toHaveAttribute("data-step", String(step));
  await expect(frame.locator(".token-pinned")).toHaveAttribute("data-position", "30");
  await expect(frame.getByText(/SnapKV/).first()).toBeVisible();
  await page.keyboard.press("Escape");
});

test("undoes and redoes settings, by key and by the browser's history", async ({ page }) => {
  await openPageAtRest(page);
  await openSetUp(page);
  const undo = page.getByRole("button", { name: "Undo", exact: true });
  const alpha = page.getByRole("spinbutton", { name: "Decay α" });
  await expect(undo).toBeDisabled();
  await alpha.fill("0.4");
  await page.keyboard.press("Enter");
  await page.getByLabel("Policy").selectOption({ label: "SnapKV" });
  await expect(undo).toHaveAttribute("title", /^Undo: Policy SnapKV → G-KV/);
  await page.keyboard.press("Control+z");
  await expect(page.getByLabel("Policy")).toHaveValue("gkv");
  await page.keyboard.press("Control+z");
  await expect(alpha).toHaveValue("0.8");
  await page.keyboard.press("Control+Shift+z");
  await expect(alpha).toHaveValue("0.4");
  await page.getByRole("button", { name: "Redo", exact: true }).click();
  await expect(page.getByLabel("Policy")).toHaveValue("snapKv");
  await page.goBack();
  await expect(page.getByLabel("Policy")).toHaveValue("gkv");
  await expect(alpha).toHaveValue("0.8");
  await page.goForward();
  await expect(page.getByLabel("Policy")).toHaveValue("snapKv");
});

test("restores settings that were run before, after showing what changes", async ({ page }) => {
  await runComparison(page);
  await openSetUp(page);
  await press(page, "Remove lane 2: SnapKV");
  await page.getByRole("spinbutton", { name: "Decay α" }).fill("0.4");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("recent");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Recent settings" });
  await dialog.getByRole("button", { name: /walk-4x6-1: G-KV, B 32 next to SnapKV/ }).click();
  await expect(dialog.getByRole("row")).toHaveText([
    /Setting\s*Now\s*Then/,
    /Decay α\s*0\.4\s*0\.8/,
    /Lane 2\s*none\s*SnapKV/,
  ]);
  await dialog.getByRole("button", { name: "Use these settings" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("spinbutton", { name: "Decay α" })).toHaveValue("0.8");
  await expect(page.getByText("Settings changed: press Run.")).toBeHidden();
});

test("the dialogs are accessible", async ({ page }) => {
  await openPageAtRest(page);
  const expectDialogAccessible = () => expectAccessible(page, { within: "dialog[open]", inDarkToo: true });
  await press(page, "Share");
  await expectDialogAccessible();
  await page.getByRole("tab", { name: "Embed" }).click();
  await expectDialogAccessible();
  await page.getByRole("tab", { name: "Files" }).click();
  await press(page, "Save to the library");
  await expect(shareDialog(page)).toContainText("✓ It is in the library.");
  await expectDialogAccessible();
  await page.keyboard.press("Escape");
  await chooseFromMenu(page, "Library of saved runs");
  await expect(page.locator("[data-library='ready']")).toBeVisible();
  await expectDialogAccessible();
});

test("fits a phone, one part below the other", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPageAtRest(page);
  await page.keyboard.press("s");
  for (const part of ["Link", "Embed", "Files"]) {
    const heading = shareDialog(page).getByRole("button", { name: part, exact: true });
    if ((await heading.getAttribute("aria-expanded")) === "false") await heading.click();
    await expect(heading).toHaveAttribute("aria-expanded", "true");
    const overflow = await shareDialog(page).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    expect(overflow, part).toBe(0);
  }
});

test("runs a costly link only when asked to", async ({ page, baseURL }) => {
  await runComparison(page, "#v3&problem=walk-4x6-1&B=32&w=8&s=8");
  const link = await copiedLink(page, "Experiment");
  const proof = /proof=[\w.-]+/.exec(link)?.[0] ?? "";
  await page.goto("about:blank");
  await page.goto(`${baseURL ?? ""}#v3&problem=walk-4x6-1&B=32&w=8&s=8&max=4096&lane=policy:snapKv&${proof}`);
  await expect(page.getByText(/did not start by itself/)).toBeVisible();
  await waitForStatus(page, "none");
});
