// What can go wrong between a hub, this browser's storage and a run, as only a browser shows it. What a server may answer is
// tested in full in src/hub/download.test.ts.
import { expect, test, type FrameLocator, type Page } from "@playwright/test";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { drawLarge, lookUp as lookUpIn, openModels, start } from "./bringing";
import { drawGgufFile } from "./drawModel";
import { startHub, type TestHub } from "./hub";
import { openPageAtRest, press } from "./page";

const MIB = 2 ** 20;
const large = drawLarge(40 * MIB);
const arrived = "42 MB · test/model";

let hub: TestHub;
test.beforeEach(async () => {
  hub = await startHub({ "large-Q8_0.gguf": large });
});
test.afterEach(() => hub.close());

const lookUp = (page: Page): Promise<FrameLocator> => lookUpIn(page, hub);

/** Downloads some of the file and cancels; how long after the click the hub saw its connection end, and what the machine added. */
async function cancelOnce(frame: FrameLocator): Promise<{ quietMs: number; slackMs: number }> {
  const askedBefore = hub.asked.length;
  await start(frame);
  await expect.poll(() => hub.asked.at(askedBefore)?.sentBytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(MIB);
  const cancel = frame.getByRole("button", { name: "Cancel" });
  // When the click reaches the document, and the longest that its own timers are late until then and after.
  await cancel.evaluate((button) => {
    const noted = { clickedAtMs: 0, lateMs: 0 };
    Object.assign(window, { noted });
    button.addEventListener("click", () => (noted.clickedAtMs = performance.timeOrigin + performance.now()), {
      capture: true,
    });
    let lastMs = performance.now();
    setInterval(() => {
      noted.lateMs = Math.max(noted.lateMs, performance.now() - lastMs - 10);
      lastMs = performance.now();
    }, 10);
  });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await cancel.click();
  const record = hub.asked[askedBefore];
  await expect.poll(() => record.endedAtMs, { timeout: 10_000 }).not.toBeNull();
  delay.disable();
  const { clickedAtMs, lateMs } = await frame
    .locator("body")
    .evaluate(() => (window as unknown as { noted: { clickedAtMs: number; lateMs: number } }).noted);
  await expect(frame.getByRole("button", { name: /^Go on with/ })).toBeVisible();
  return { quietMs: (record.endedAtMs ?? Infinity) - clickedAtMs, slackMs: lateMs + delay.max / 1e6 };
}

test("quiets the network within 200 ms of a cancel, and goes on where it stopped", async ({ page }) => {
  hub.ways.bytesPerSecond = 10 * MIB;
  await openModels(page);
  const frame = await lookUp(page);
  const sentAtCancel: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { quietMs, slackMs } = await cancelOnce(frame);
    test
      .info()
      .annotations.push({ type: "cancel", description: `${quietMs.toFixed(0)} ms, slack ${slackMs.toFixed(0)} ms` });
    expect(quietMs).toBeGreaterThanOrEqual(0);
    // Slack is how late timers were meanwhile, here and in the page: a busy machine, not the download.
    expect(quietMs).toBeLessThan(200 + slackMs);
    sentAtCancel.push(hub.asked[round].sentBytes);
  }
  hub.ways.bytesPerSecond = Infinity;
  await start(frame);
  await expect(page.getByText(arrived)).toBeVisible({ timeout: 30_000 });
  // Whatever a cancel had left running would have asked or sent once more while the rest came.
  expect(hub.asked).toHaveLength(4);
  expect(hub.asked.slice(0, 3).map(({ sentBytes }) => sentBytes)).toEqual(sentAtCancel);
  expect(hub.asked[3].from).toBeGreaterThan(2 * MIB);
});

test("takes a packed answer, waits at 429, and starts again at 416 and at another total", async ({ page }) => {
  await openModels(page);
  const frame = await lookUp(page);
  hub.ways.refusals = [429];
  hub.ways.packs = true;
  await start(frame);
  await expect(frame.getByText(/asks to wait \(429\); trying again in 1 s/)).toBeVisible();
  await expect(page.getByText(arrived)).toBeVisible({ timeout: 30_000 });
  await press(page, "Delete");
  await expect(page.getByText("None yet.")).toBeVisible();

  for (const lie of [() => (hub.ways.refusals = [416]), () => (hub.ways.claimsTotal = 7)]) {
    Object.assign(hub.ways, { packs: false, claimsTotal: null, bytesPerSecond: 10 * MIB });
    hub.asked.length = 0;
    if (!(await page.getByTitle("Download of a model").isVisible())) await lookUp(page);
    await cancelOnce(frame);
    lie();
    hub.ways.bytesPerSecond = Infinity;
    await start(frame);
    await expect(page.getByText(arrived)).toBeVisible({ timeout: 30_000 });
    // It asked for the rest, and then for the whole.
    expect(hub.asked.at(-2)?.from).toBeGreaterThan(0);
    expect(hub.asked.at(-1)?.from).toBe(0);
    await press(page, "Delete");
    await expect(page.getByText("None yet.")).toBeVisible();
  }
});

test("gives up on a redirect that leads in a circle, in plain words", async ({ page }) => {
  hub.ways.loops = true;
  await openModels(page);
  const frame = await lookUp(page);
  await start(frame);
  await expect(frame.getByText(/could not be reached.*trying again in 1 s/)).toBeVisible({ timeout: 20_000 });
  await expect(frame.getByText(/4 times in a row; what has come is kept/)).toBeVisible({ timeout: 40_000 });
  expect(hub.asked).toEqual([]);
});

test("keeps what has come when the browser gives no more room, and goes on with more", async ({ page, context }) => {
  hub.ways.bytesPerSecond = 10 * MIB;
  await openModels(page);
  const browser = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  const frame = await lookUp(page);
  await start(frame);
  await expect.poll(() => hub.asked.at(0)?.sentBytes ?? 0).toBeGreaterThan(MIB);
  await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 12 * MIB });
  await expect(frame.getByText(/too little room/)).toBeVisible({ timeout: 30_000 });
  await browser.send("Storage.overrideQuotaForOrigin", { origin });
  await frame.getByRole("button", { name: "Try again" }).click();
  hub.ways.bytesPerSecond = Infinity;
  await start(frame);
  await expect(page.getByText(arrived)).toBeVisible({ timeout: 30_000 });
  expect(hub.asked[1].from).toBeGreaterThan(0);
});

test("says that nothing can be kept where the browser has no files of its own, and runs a file from disk", async ({
  page,
}) => {
  // As a private window of Firefox: in the document, its frame and its workers.
  const refuse = `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("Security error when calling GetDirectory", "SecurityError"));`;
  await page.addInitScript(refuse);
  await page.route(/keepWorker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${refuse}\n${await response.text()}` });
  });
  await openModels(page);
  const frame = await lookUp(page);
  await start(frame);
  await expect(
    frame.getByText(/keeps no large files for this page.*private windows\. Open the model from disk/),
  ).toBeVisible();
  expect(hub.asked).toEqual([]);
  const [asked] = await Promise.all([page.waitForEvent("filechooser"), press(page, "Choose a file…")]);
  await asked.setFiles({ name: "tiny.gguf", mimeType: "application/octet-stream", buffer: drawGgufFile() });
  await expect(page.locator(".sheet-models")).toBeHidden();
});

test("names a file that another tab holds open", async ({ page, context }) => {
  hub.ways.bytesPerSecond = 10 * MIB;
  await openModels(page);
  const frame = await lookUp(page);
  await cancelOnce(frame);
  const other = await context.newPage();
  await openPageAtRest(other);
  await other.evaluate(async () => {
    const code = `onmessage = async ({ data: handle }) => {
      self.held = await handle.createSyncAccessHandle();
      postMessage("held");
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    Object.assign(window, { worker });
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("models");
    for await (const handle of folder.values()) worker.postMessage(handle);
    await new Promise((resolve) => (worker.onmessage = resolve));
  });
  await start(frame);
  await expect(frame.getByText(/another tab of this page has the file open; close it, then try again/)).toBeVisible();
  await other.close();
  await frame.getByRole("button", { name: "Try again" }).click();
  hub.ways.bytesPerSecond = Infinity;
  await start(frame);
  await expect(page.getByText(arrived)).toBeVisible({ timeout: 30_000 });
});

test("tells of files that went, before and after a model was chosen, and clears away those of no record", async ({
  page,
}) => {
  await hub.close();
  hub = await startHub({ "tiny-F32.gguf": drawGgufFile() });
  const files = (act: "list" | "empty" | "stray"): Promise<string[]> =>
    page.evaluate(async (wanted) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("models", { create: true });
      if (wanted === "stray") await folder.getFileHandle("0123.0", { create: true });
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      if (wanted === "empty") for (const name of names) await folder.removeEntry(name);
      return names;
    }, act);
  const link = "#v4&view=explore&problem=text&text=abc&B=8&w=2&s=2&max=24";
  await openPageAtRest(page, link);
  expect(await files("stray")).toEqual(["0123.0"]);
  await press(page, "More");
  await page.getByRole("menuitem", { name: "Models: choose or bring one" }).click();
  await expect.poll(() => files("list")).toEqual([]);
  await start(await lookUp(page));
  await expect(page.locator(".sheet-models")).toBeHidden({ timeout: 30_000 });
  expect(await files("list")).toHaveLength(1);

  // It is chosen and checked, and goes before it is read.
  await files("empty");
  await press(page, "Run");
  await expect(page.getByText(/could not be read.*choose the file again/)).toBeVisible();

  // Its record is still there, and is not taken for a model.
  await page.reload();
  await press(page, "More");
  await page.getByRole("menuitem", { name: "Models: choose or bring one" }).click();
  await page.locator(".models-row", { hasText: "test/model" }).getByRole("button", { name: "Use" }).first().click();
  await expect(page.getByText(/is no longer as it was stored; delete the model and get it again/)).toBeVisible();
});
