// A visitor brings a model: from a hub, with everything that can go wrong on the way, and from disk.
import { readFile } from "node:fs/promises";
import { expect, test, type FrameLocator, type Page } from "@playwright/test";
import { COMMIT, sha256, startHub, type TestHub } from "./hub";
import { drawGgufFile } from "./drawModel";
import { serveBuild } from "./embedHost";
import { drawLarge, lookUp as lookUpIn, openModels, start } from "./bringing";
import { expectAccessible, openPageAtRest, press, runToEnd, waitForStatus } from "./page";

const MIB = 2 ** 20;
/** As far as a download is concerned, a model: its first bytes are right, and its hash is known. */
const large = drawLarge(40 * MIB);
const folder = "public/models/winnow-1m-distilled";

let hub: TestHub;
test.beforeEach(async () => {
  hub = await startHub({ "large-Q8_0.gguf": large });
});
test.afterEach(() => hub.close());

const lookUp = (page: Page): Promise<FrameLocator> => lookUpIn(page, hub);

test("says what a download is before it begins, then keeps the model, checked", async ({ page }) => {
  await openModels(page);
  const frame = await lookUp(page);
  await expect(frame.getByText(`commit ${COMMIT.slice(0, 10)}`)).toBeVisible();
  await expect(frame.getByText("not pinned yet")).toBeVisible();
  await expect(frame.getByText(/see your address/)).toBeVisible();
  expect(hub.asked).toEqual([]);
  await start(frame);
  await expect(page.getByText("42 MB · test/model")).toBeVisible({ timeout: 30_000 });
  expect(hub.asked.map(({ from }) => from)).toEqual([0]);
  await press(page, "Delete");
  await expect(page.getByText("None yet.")).toBeVisible();
});

test("loses no more than 8 MiB when its tab is killed", async ({ page, context }) => {
  hub.ways.bytesPerSecond = 20 * MIB;
  await openModels(page);
  await start(await lookUp(page));
  await expect.poll(() => hub.asked.at(0)?.sentBytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(20 * MIB);
  await page.close();
  const sentBytes = hub.asked[0].sentBytes;
  hub.ways.bytesPerSecond = Infinity;
  const next = await context.newPage();
  await openModels(next);
  await expect(next.getByText(/of 42 MB have come/)).toBeVisible();
  await next.getByRole("button", { name: "Go on…" }).click();
  await start(next.frameLocator("iframe[title='Download of a model']"));
  await expect(next.getByText("42 MB · test/model")).toBeVisible({ timeout: 30_000 });
  // What was sent includes what lay in buffers on its way.
  expect(hub.asked[1].from).toBeGreaterThan(0);
  expect(sentBytes - hub.asked[1].from).toBeLessThan(8 * MIB + 4 * MIB);
});

test("names a wrong byte, a page, a gate and a host that is not on the list, and keeps nothing of them", async ({
  page,
}) => {
  await openModels(page);
  hub.ways.wrongByteAt = 3 * MIB;
  const frame = await lookUp(page);
  await start(frame);
  await expect(frame.getByText(/at least one byte is wrong/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/with a wrong byte: it is never run/)).toBeVisible();
  await frame.getByRole("button", { name: "Delete what has come" }).click();
  await expect(page.getByText("None yet.")).toBeVisible();

  hub.ways.wrongByteAt = null;
  hub.ways.sendsPage = true;
  await start(frame);
  await expect(frame.getByText(/the server sent a web page/)).toBeVisible();
  await frame.getByRole("button", { name: "Try again" }).click();

  hub.ways.sendsPage = false;
  hub.ways.redirectsTo = hub.fileOrigin.replace("localhost", "127.0.0.2");
  await start(frame);
  await expect(frame.getByText(/a host that this page may not connect to/)).toBeVisible();

  hub.ways.redirectsTo = null;
  hub.ways.token = "secret-token";
  await press(page, "Close the download");
  const gated = await lookUp(page);
  await expect(gated.getByText(/may be gated/)).toBeVisible();
  await gated.getByText("A token, for gated").click();
  await gated.getByLabel("Token").fill("secret-token");
  await gated.getByRole("button", { name: "Ask again" }).click();
  await start(gated);
  await expect(page.getByText("42 MB · test/model")).toBeVisible({ timeout: 30_000 });
  // Browsers drop it on the way to another origin.
  expect(hub.asked.at(-1)?.authorization).toBeNull();
  const stored = await page.evaluate(async () =>
    JSON.stringify([localStorage, sessionStorage, location.href, await indexedDB.databases()]),
  );
  expect(stored).not.toContain("secret-token");
});

test("looks for a pinned file in the newest version where its own has gone", async ({ page }) => {
  const wish = new URLSearchParams({
    hub: hub.origin,
    repository: "test/model",
    revision: "0".repeat(40),
    path: "large-Q8_0.gguf",
    sha256: sha256(large),
  });
  // The catalogue names models of the public hub alone, so the frame is opened here as the sheet opens it.
  await openPageAtRest(page);
  await page.evaluate((fragment) => {
    const frame = document.createElement("iframe");
    Object.assign(frame, { title: "Download of a model", src: `fetch.html#${fragment}` });
    Object.assign(frame.style, { position: "fixed", inset: "0", width: "100%", height: "100%", zIndex: "9" });
    document.body.append(frame);
  }, wish.toString());
  const frame = page.frameLocator("iframe[title='Download of a model']");
  await expect(frame.getByText(/or no such version of it/)).toBeVisible();
  await frame.getByRole("button", { name: "Look in its newest version" }).click();
  await expect(frame.getByText(`SHA-256 ${sha256(large).slice(0, 16)}`)).toBeVisible();
  hub.ways.wrongByteAt = 3 * MIB;
  await start(frame);
  await expect(frame.getByText(/at least one byte is wrong/)).toBeVisible({ timeout: 30_000 });
});

test("says how much room is missing", async ({ page }) => {
  hub.ways.claimsBytes = 100e9;
  await openModels(page);
  const frame = await lookUp(page);
  await start(frame);
  await expect(frame.getByText(/too little room.*GB are missing.*open the model from disk/)).toBeVisible();
  expect(hub.asked).toEqual([]);
});

test("lets one tab write a model at a time", async ({ page, context }) => {
  hub.ways.bytesPerSecond = 2 * MIB;
  await openModels(page);
  await start(await lookUp(page));
  await expect.poll(() => hub.asked.length).toBe(1);
  const second = await context.newPage();
  await openModels(second);
  const frame = await lookUp(second);
  await start(frame);
  await expect(frame.getByText(/being written by another tab/)).toBeVisible();
});

test("runs a model whose folder was chosen, and refuses what is none", async ({ page }) => {
  await openModels(page);
  await expectAccessible(page, { within: ".sheet-models", inDarkToo: true });
  const [asked] = await Promise.all([page.waitForEvent("filechooser"), press(page, "Choose a file…")]);
  await asked.setFiles({
    name: "holiday.png",
    mimeType: "image/png",
    buffer: Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
  });
  await expect(page.getByText(/holiday\.png: expected a model, found a picture \(PNG\)/)).toBeVisible();

  // What is dropped on the sheet is answered in it.
  await dropFile(page, "thesis.pdf", Buffer.from("%PDF-1.7"));
  await expect(page.locator(".sheet-models").getByText(/expected a model, found a PDF document/)).toBeVisible();

  const [folderAsked] = await Promise.all([page.waitForEvent("filechooser"), press(page, "Choose a folder…")]);
  await folderAsked.setFiles(folder);
  await expect(page.locator(".sheet-models")).toBeHidden();
  const digest = sha256(await readFile(`${folder}/model.safetensors`));
  await expect.poll(() => page.url()).toContain(`file:${digest}`.replaceAll(":", "%3A"));
  await runToEnd(page);
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
});

test("runs a dropped GGUF file, and a downloaded one without a connection after a reload", async ({ browser }) => {
  const tiny = drawGgufFile();
  const small = await startHub({ "tiny-F32.gguf": tiny });
  const server = await serveBuild();
  const context = await browser.newContext({ serviceWorkers: "allow", reducedMotion: "reduce" });
  const page = await context.newPage();
  try {
    await page.goto(
      `${server.origin}/#v4&view=explore&problem=text&text=${encodeURIComponent("abc")}&B=8&w=2&s=2&max=24`,
    );
    await expect(page.locator(".offline-note")).toHaveAttribute("data-offline", "ready", { timeout: 30_000 });
    await dropFile(page, "tiny.gguf", tiny);
    await expect(page.getByText(/is chosen\. Nothing was copied/)).toBeVisible();
    await runToEnd(page);
    await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
    await dropFile(page, "thesis.pdf", Buffer.from("%PDF-1.7"));
    await expect(page.getByText(/expected a run file.*or a model.*found a PDF document/)).toBeVisible();
    await dropFile(page, "tiny.gguf", Buffer.from("<!doctype html>"));
    await expect(page.getByText(/tiny\.gguf: expected a GGUF file, found a web page/)).toBeVisible();

    await press(page, "More");
    await page.getByRole("menuitem", { name: "Models: choose or bring one" }).click();
    await page.getByLabel("Any repository, by name").fill("test/model");
    await page.getByLabel("Hub", { exact: true }).selectOption({ label: "on this machine" });
    await page.getByLabel("Address of the local hub").fill(small.origin);
    await press(page, "Look it up");
    await start(page.frameLocator("iframe[title='Download of a model']"));
    await expect(page.locator(".sheet-models")).toBeHidden({ timeout: 30_000 });
    expect(page.url()).toContain(sha256(tiny));
    expect(page.url()).not.toContain("127.0.0.1%3A");

    await server.close();
    await small.close();
    await context.setOffline(true);
    await page.reload();
    await runToEnd(page);
    await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
  } finally {
    await context.close();
    await server.close().catch(() => undefined);
    await small.close().catch(() => undefined);
  }
});

test("runs what the host of the page offers, and says how to get what a link asks for", async ({ page }) => {
  const tiny = drawGgufFile();
  await page.route("**/models/list.json", (route) =>
    route.fulfill({ json: [{ label: "Class model", files: ["class.gguf"] }] }),
  );
  await page.route("**/models/class.gguf", (route) => route.fulfill({ body: tiny }));
  const id = `file:${sha256(tiny)}:${tiny.length}:F32:2x2x1x8:1000`;
  await openPageAtRest(
    page,
    `#v4&view=explore&problem=text&text=abc&B=8&w=2&s=2&max=24&model=${encodeURIComponent(id)}`,
  );
  await press(page, "Run");
  await expect(page.getByText(`Drop the file with the SHA-256 ${sha256(tiny)}`)).toBeVisible();
  const offered = page.locator(".models-row", { hasText: "Class model" });
  await offered.getByRole("button", { name: "Use" }).click();
  await expect(page.locator(".sheet-models")).toBeHidden();
  // The run that the link asks for is this file's, wherever it came from.
  expect(decodeURIComponent(page.url())).toContain(id);
  // It was asked for, and starts.
  await waitForStatus(page, "ended");
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
});

/** As from the visitor's desk. */
async function dropFile(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, base64]) => {
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([content], fileName));
      return data;
    },
    [name, bytes.toString("base64")] as const,
  );
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("main", type, { dataTransfer: transfer });
}
