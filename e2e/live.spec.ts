// A live run, on the GPU where the project has one and on the CPU otherwise: run, pause, step, resume, change, share.
import { expect, test, type Page } from "@playwright/test";
import {
  choosePace,
  mainNumber,
  openPageAtRest,
  openSetUp,
  press,
  runToEnd,
  tokens,
  waitForIdle,
  waitForStatus,
} from "./page";
import { copiedLink, replay, replayOf } from "./sharing";

/** The page chooses only a real GPU by itself; the tests ask for the software adapter. */
function settingsOf(projectName: string, more = ""): string {
  return `#v2&B=64&problem=walk-5x6-1${more}${projectName === "webgpu" ? "&on=gpu" : ""}`;
}

async function expectBackend(page: Page, projectName: string): Promise<void> {
  await expect(page.locator(".backend")).toHaveText(
    projectName === "webgpu" ? /^WebGPU, software adapter: / : "CPU: TypeScript and SIMD",
  );
}

test("runs G-KV at a tight budget, names the backend, and runs again with changed settings", async ({ page }, {
  project,
}) => {
  await openPageAtRest(page, settingsOf(project.name));
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  await runToEnd(page);
  await expectBackend(page, project.name);
  if (project.name === "webgpu") {
    await expect(page.locator(".run-parameters")).toHaveAttribute(
      "title",
      /checked at load: its numbers differ from the CPU’s by at most [\d.]+e-[56] of their size \(all 4 layers, \d+ ms\)$/,
    );
  }
  await expect(page.getByText("G-KV: B 64, w 16, s 16")).toBeVisible();
  await expect(page.getByText("Settings changed: press Run.")).toBeHidden();
  await expect(page.locator(".chip-measured").first()).toBeVisible();
  await expect(page.locator(".token-evicted[data-position]").first()).toBeAttached();
  await expect(page.locator("main")).toHaveAttribute("data-verdict", /right|wrong/);
  await openSetUp(page);
  await page.getByRole("spinbutton", { name: "Decay α" }).fill("0.3");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Settings changed: press Run.")).toBeVisible();
  await press(page, "Run");
  await expect(page.getByText("G-KV: B 64, w 16, s 16, α 0.3")).toBeVisible();
  await waitForStatus(page, "ended");
});

test("does not use a GPU that computes wrongly, and names it", async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "the CPU is what it is compared with");
  let alteredCount = 0;
  // A driver that turns the second half of every head the wrong way.
  await page.route(/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const code = await response.text();
    const wrong = code.replaceAll("turnedHigh = high * angles.xz + low", "turnedHigh = high * angles.xz - low");
    if (wrong !== code) alteredCount++;
    await route.fulfill({ response, body: wrong });
  });
  await openPageAtRest(page, settingsOf(project.name));
  await runToEnd(page);
  expect(alteredCount).toBeGreaterThan(0);
  await expectBackend(page, "cpu");
  await expect(
    page.getByText(/The GPU \(.*\) computes this model wrongly: compared with the CPU, keys of/i),
  ).toBeVisible();
});

test("begins with one token when Step comes first; pauses, stops and goes on where it stood; looks back", async ({
  page,
}, { project }) => {
  await openPageAtRest(page, settingsOf(project.name));
  await press(page, "Step");
  await waitForStatus(page, "paused");
  expect(await mainNumber(page, "step-count")).toBe(1);
  await choosePace(page, "12 steps/s");
  await press(page, "Resume");
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
  // At its first step a run has nothing to look back at: its head is its beginning.
  await expect.poll(() => mainNumber(page, "step-count")).toBeGreaterThan(2);
  await page.keyboard.press("Home");
  expect(await mainNumber(page, "step")).toBe(0);
  await waitForStatus(page, "running");
  await press(page, "Back to live");
  await expect.poll(() => mainNumber(page, "step")).toBeGreaterThan(0);
  await press(page, "Pause");
  await waitForStatus(page, "paused");
  const before = await mainNumber(page, "step-count");
  await press(page, "Step");
  await expect.poll(() => mainNumber(page, "step-count")).toBe(before + 1);
  await waitForStatus(page, "paused");
  await press(page, "Stop");
  await waitForStatus(page, "ended");
  await choosePace(page, "full speed");
  await press(page, "Continue");
  await expect.poll(() => mainNumber(page, "step-count"), { timeout: 30_000 }).toBeGreaterThan(40);
  await waitForStatus(page, "ended");
  await waitForIdle(page);
  const continued = await tokens(page);
  await press(page, "Run");
  await waitForStatus(page, "ended");
  await waitForIdle(page);
  // Continue adds a fixed number of tokens.
  expect((await tokens(page)).slice(0, continued.length)).toEqual(continued);
});

test("a run that draws its tokens is reproduced from its link, that of a GPU by the CPU too", async ({ page }, {
  project,
}) => {
  await openPageAtRest(page, settingsOf(project.name, "&T=0.8&seed=5&alpha=0.6"));
  await runToEnd(page);
  const link = await copiedLink(page, "Experiment");
  expect(link).toMatch(/alpha=0\.6.*proof=[\w.-]{60}/);
  await replay(page, link);
  await expectBackend(page, project.name);
  await expect(replayOf(page)).toContainText(/Reproduced exactly: \d+ tokens and \d+ events\./);
  if (project.name !== "webgpu") return;
  await replay(page, link.replace("&on=gpu", "&on=cpu"));
  await expectBackend(page, "cpu");
  await expect(replayOf(page)).toContainText(/Reproduced exactly: \d+ tokens and \d+ events\./);
});

test("runs every policy to its end", async ({ page }, { project }) => {
  test.skip(
    project.name === "webgpu",
    "formulas are the same code on both; the kernels of terms have tests of their own",
  );
  await openPageAtRest(page, settingsOf(project.name));
  await choosePace(page, "full speed");
  await openSetUp(page);
  const policy = page.getByLabel("Policy");
  for (const label of await policy.locator("option").allInnerTexts()) {
    await policy.selectOption({ label });
    await press(page, "Run");
    await expect(page.locator(".run-parameters")).toContainText(label);
    await waitForStatus(page, "ended");
  }
});

test("judges the reasoning and the orders of a run, and leads to the first mistake", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "judging is the same on both; once is enough");
  await openPageAtRest(page, settingsOf(project.name, "&policy=fullCache"));
  await runToEnd(page);
  await expect(page.getByText(/✓ right answer: \d+, without a mistake/)).toBeVisible();
  await openSetUp(page);
  await page.getByLabel("Problem", { exact: true }).selectOption("orders2-walk-4x10-1");
  await runToEnd(page);
  await expect(page.getByRole("list", { name: "Orders" }).getByRole("listitem")).toHaveText([
    /keep \d+ secret: kept/,
    /begin with Listen: kept/,
  ]);
  // The newest slots alone evict the rules, so the walk goes wrong.
  await page.getByLabel("Policy").selectOption({ label: "StreamingLLM" });
  await runToEnd(page);
  const mistake = page.getByRole("button", { name: /^first mistake in sentence \d+: / });
  await mistake.click();
  await expect(page.locator(".token-pinned")).toHaveCount(1);
});

test("solves a walk at a tight budget under G-KV, and gets it wrong by the last window alone", async ({ page }, {
  project,
}) => {
  test.skip(project.name === "webgpu", "the GPU keeps the same slots as the CPU: shippedModel.gpu.test.ts");
  await openPageAtRest(page, "#v2&problem=walk-5x20-1&B=96");
  await choosePace(page, "full speed");
  await runToEnd(page);
  await expect(page.getByText(/✓ right answer: 38, without a mistake/)).toBeVisible();
  await openSetUp(page);
  await page.getByLabel("Policy").selectOption({ label: "SnapKV" });
  await runToEnd(page);
  await expect(page.getByText(/✗ wrong answer/)).toBeVisible();
});
