// After the first visit the page needs no server: what it says about its copy, a reload without a connection, a new
// version.
import { expect, test, type Page } from "@playwright/test";
import { serveBuild, type BuildServer } from "./embedHost";
import { choosePace, openSetUp, press, runToEnd, waitForStatus } from "./page";

test.use({ serviceWorkers: "allow" });

let server: BuildServer;
test.beforeEach(async () => {
  server = await serveBuild();
});
test.afterEach(() => server.close());

async function visit(page: Page, fragment = ""): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${server.origin}/${fragment}`);
  await expect(page.locator(".offline-note")).toHaveAttribute("data-offline", "ready", { timeout: 30_000 });
}

test("plays and runs without a connection after the first visit", async ({ page, context }) => {
  await visit(page, "#v4&view=explore");
  await expect(page.getByText(/^Works offline/)).toBeVisible();
  await server.close();
  await context.setOffline(true);

  await page.goto(`${server.origin}/#v2&problem=walk-4x10-1&B=64`);
  await page.reload();
  await expect(page.getByText("Recorded run", { exact: true })).toBeVisible();
  await openSetUp(page);
  await page.getByLabel("recorded runs").selectOption({ index: 2 });
  await expect(page.getByText("G-KV: B 120")).toBeVisible();
  await runToEnd(page);
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
  await expect(page.locator("main")).toHaveAttribute("data-verdict", /right|wrong/);

  await page.goto(`${server.origin}/?embed&start=paused&allow=https://course.example`);
  await expect(page.locator("main.embed")).toHaveAttribute("data-step-count", /^[1-9]/);
});

test("runs without a connection before any reload", async ({ page, context }) => {
  // A policy that needs what lies beside the model's weights.
  await visit(page, "#v4&view=explore&problem=walk-4x10-1&B=64&policy=qFilter");
  await server.close();
  await context.setOffline(true);
  await runToEnd(page);
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
});

test("offers a new version, not in the middle of a run, and takes it when asked", async ({ page }) => {
  await visit(page, "#v2&problem=walk-5x20-1&B=72");
  await choosePace(page, "12 steps/s");
  await press(page, "Run");
  await waitForStatus(page, "running");
  server.publish("// the next version");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  const offer = page.getByText(/^A new version is ready/);
  await expect(page.locator(".offline-note")).toHaveAttribute("data-offline", "updateReady", { timeout: 30_000 });
  await expect(offer).toBeHidden();
  await press(page, "Stop");
  await expect(offer).toBeVisible();
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
  const reloaded = page.waitForEvent("load");
  await press(page, "Reload");
  await reloaded;
  await expect(page.locator(".offline-note")).toHaveAttribute("data-offline", "ready");
  await expect(page.locator("main")).toHaveAttribute("data-origin", "recorded");
  expect(new URL(page.url()).hash).toContain("B=72");
  await expect(offer).toBeHidden();
});
