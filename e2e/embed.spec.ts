// The page in a frame of a page of another origin, which drives it by messages.
import { readFile } from "node:fs/promises";
import { expect, test, type FrameLocator, type Page } from "@playwright/test";
import { ask, heard, hostHtml, post, serve, serveBuild, type HostPage, type TestServer } from "./embedHost";
import { expectAccessible } from "./page";

const servers: TestServer[] = [];
test.afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const SANDBOX = "allow-scripts allow-same-origin";

interface Course {
  readonly frame: FrameLocator;
  /** Of the page in the frame. */
  readonly origin: string;
  readonly address: string;
}

/** Opens a course page whose frame shows the build with this query; the frame's run is on screen and rests. */
async function openCourse(page: Page, query: string, more: Partial<HostPage> & { base: string }): Promise<Course> {
  const { base, ...host } = more;
  const html = hostHtml({ sandbox: SANDBOX, ...host, embed: `${base}${query}` });
  const course = await serve((name) => Promise.resolve(name === "/course" ? { body: html, type: "text/html" } : null));
  servers.push(course);
  const address = `${course.origin}/course`;
  await page.goto(address);
  const frame = page.frameLocator("#embed");
  await expect(frame.locator("main")).toHaveAttribute("data-step-count", /^[1-9]/);
  return { frame, origin: new URL(base).origin, address };
}

function main(course: Course) {
  return course.frame.locator("main");
}

test.describe("driven by messages", () => {
  test("shakes hands, seeks, plays, pauses, and reports steps", async ({ page, baseURL }) => {
    const base = baseURL ?? "";
    const course = await openCourse(page, "?embed&start=paused&step=40", { base });
    expect((await heard(page)).map(({ data }) => data)).toContainEqual({ winnow: 1, type: "loaded" });
    const ready = await ask(page, { type: "hello", version: 1 }, course.origin);
    expect(ready).toMatchObject({ type: "ready", version: 1, state: { step: { step: 40 } } });

    expect(await ask(page, { type: "seek", step: 64 }, course.origin)).toMatchObject({ type: "done" });
    await expect(main(course)).toHaveAttribute("data-step", "64");
    expect(await ask(page, { type: "seek", step: 64_000 }, course.origin)).toMatchObject({
      type: "failed",
      message: expect.stringMatching(/^seek, step: expected 0 to \d+, found 64000\.$/),
    });

    await ask(page, { type: "subscribe", topics: ["step", "status"] }, course.origin);
    await ask(page, { type: "play" }, course.origin);
    await expect.poll(async () => Number(await main(course).getAttribute("data-step"))).toBeGreaterThan(70);
    await ask(page, { type: "pause" }, course.origin);
    await expect(main(course)).toHaveAttribute("data-idle", "true");
    const shown = Number(await main(course).getAttribute("data-step"));
    const steps = async () => (await heard(page)).filter(({ data }) => data.type === "step");
    await expect.poll(async () => (await steps()).at(-1)?.data.step).toBe(shown);
    expect((await steps()).at(-1)?.data).toMatchObject({ token: { text: expect.stringMatching(/./) } });
    expect((await heard(page)).every(({ origin }) => origin === course.origin)).toBe(true);
  });

  test("opens a recipe and a run file, focuses and pins", async ({ page, baseURL }) => {
    const course = await openCourse(page, "?embed&start=paused", { base: baseURL ?? "" });
    await ask(page, { type: "hello", version: 1 }, course.origin);
    expect(await ask(page, { type: "open", link: "v2&B=64&policy=snapKv" }, course.origin)).toMatchObject({
      type: "done",
    });
    await expect(course.frame.getByText(/Not a run of this link’s settings/)).toBeVisible();
    const link = course.frame.getByRole("link", { name: "Open in Winnow" });
    await expect(link).toHaveAttribute("href", /#v\d+&view=explore&policy=snapKv&B=64/);
    expect(await ask(page, { type: "open", link: "v2&B=many" }, course.origin)).toMatchObject({
      problems: ["Budget B: “many” is not a number; 96 slots is used."],
    });

    const file = await readFile("public/runs/story-snapkv.winnow");
    await page.evaluate(
      ([base64, target]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const frame = document.querySelector<HTMLIFrameElement>("#embed");
        frame?.contentWindow?.postMessage({ winnow: 1, type: "openRun", id: "file", file: bytes.buffer }, target);
      },
      [file.toString("base64"), course.origin] as const,
    );
    await expect(course.frame.getByText(/SnapKV: B 100/)).toBeVisible();
    await ask(page, { type: "focus", layer: 1, kvHead: 2 }, course.origin);
    await expect(course.frame.locator('[data-cell="1.2"]')).toHaveAttribute("aria-pressed", "true");
    await ask(page, { type: "pin", position: 3 }, course.origin);
    await expect(course.frame.locator(".token-pinned")).toHaveAttribute("data-position", "3");
    await ask(page, { type: "theme", theme: "dark" }, course.origin);
    await expect(course.frame.locator("html")).toHaveAttribute("data-theme", "dark");
  });

  test("runs live in an interactive page, by message and by button", async ({ page, baseURL }) => {
    const base = baseURL ?? "";
    const course = await openCourse(page, "?embed&mode=interactive&start=paused#v2&problem=walk-4x10-1&B=64", { base });
    await ask(page, { type: "hello", version: 1 }, course.origin);
    await ask(page, { type: "subscribe", topics: ["status"] }, course.origin);
    expect(await ask(page, { type: "run" }, course.origin)).toMatchObject({ type: "done" });
    await expect(main(course)).toHaveAttribute("data-origin", "live", { timeout: 30_000 });
    await course.frame.getByRole("button", { name: "Stop" }).click();
    await expect(main(course)).toHaveAttribute("data-run-status", "ended");
    await expect
      .poll(async () => (await heard(page)).filter(({ data }) => data.type === "status").at(-1)?.data)
      .toMatchObject({ origin: "live", runStatus: "ended" });
    // It followed its settings, so the page around is what it was.
    expect(page.url()).toBe(course.address);
  });
});

test("works with the page in docs/embed.md", async ({ page, baseURL }) => {
  const [example] = [...(await readFile("docs/embed.md", "utf8")).matchAll(/```html\n(<!doctype[^]*?)```/g)];
  const html = example[1].replace("https://your.host/winnow/", baseURL ?? "");
  const course = await serve(() => Promise.resolve({ body: html, type: "text/html" }));
  servers.push(course);
  let sendRun: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (sendRun = resolve));
  await page.route("**/walk-snapkv.winnow", async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(course.origin);
  // The frame's run is still on its way.
  await page.getByRole("button", { name: "Show me where it goes wrong" }).click();
  sendRun();
  await expect(page.getByRole("status")).toHaveText(/^step 76: /);
  await expect(page.frameLocator("iframe").locator(".token-pinned")).toHaveText("barn");
});

test("ignores pages that do not embed it, and origins that may not drive it", async ({ page, baseURL }) => {
  const base = baseURL ?? "";
  const target = new URL(base).origin;
  const stranger = await serve(() =>
    Promise.resolve({
      type: "text/html",
      body: `<script>
        const tell = (message) => parent.frames[0].postMessage({ winnow: 1, ...message }, ${JSON.stringify(target)});
        addEventListener("message", () => { tell({ type: "hello", version: 1 }); tell({ type: "seek", step: 7 });
          document.body.textContent = "said"; });
      </script>`,
    }),
  );
  servers.push(stranger);
  const course = await openCourse(page, "?embed&start=paused&step=40", { base, stranger: stranger.origin });
  // Before the host has said anything, so that no other rule protects it.
  await page.evaluate((origin) => {
    document.querySelector<HTMLIFrameElement>("#stranger")?.contentWindow?.postMessage("go", origin);
  }, stranger.origin);
  await expect(page.frameLocator("#stranger").locator("body")).toHaveText("said");
  expect(await ask(page, { type: "hello", version: 1 }, course.origin)).toMatchObject({ type: "ready" });
  await ask(page, { type: "focus", layer: 0, kvHead: 0 }, course.origin);
  await expect(main(course)).toHaveAttribute("data-step", "40");

  const closed = await openCourse(page, "?embed&start=paused&step=40&allow=https://elsewhere.example", { base });
  await post(page, { type: "hello", version: 1, id: 1 }, closed.origin);
  await post(page, { type: "seek", step: 7, id: 2 }, closed.origin);
  await expect(main(closed)).toHaveAttribute("data-idle", "true");
  await closed.frame.getByRole("button", { name: /^One step on/ }).click();
  await expect(main(closed)).toHaveAttribute("data-step", "41");
  expect((await heard(page)).map(({ data }) => data.type)).toEqual(["loaded"]);
});

test("leaves the page around it alone: address, history, storage, its own address", async ({ page, baseURL }) => {
  const requested: string[] = [];
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  const base = baseURL ?? "";
  const course = await openCourse(page, "?embed&mode=interactive&start=paused#v2&B=64", { base });
  const state = () => page.evaluate(() => [window.history.length, window.location.href]);
  const before = await state();
  await course.frame.getByLabel("Policy").selectOption("snapKv");
  await course.frame.getByRole("spinbutton", { name: "Budget B" }).fill("72");
  await page.keyboard.press("Enter");
  await expect(course.frame.getByRole("link", { name: "Open in Winnow" })).toHaveAttribute("href", /B=72/);
  expect(await state()).toEqual(before);
  const inside = await course.frame.locator("html").evaluate(() => {
    const { hash } = window.location;
    try {
      return { hash, kept: Object.keys(localStorage) };
    } catch {
      // This browser keeps storage from frames of other sites.
      return { hash, kept: [] };
    }
  });
  expect(inside).toEqual({ hash: "#v2&B=64", kept: [] });
  expect(requested.filter((name) => /worker|models|sw\.js/.test(name))).toEqual([]);
});

test("reports the height that it needs, and keeps it once it has it", async ({ page, baseURL }) => {
  const course = await openCourse(page, "?embed&start=paused&panels=text,map,score,timeline", { base: baseURL ?? "" });
  await ask(page, { type: "hello", version: 1 }, course.origin);
  const heights = async () => (await heard(page)).filter(({ data }) => data.type === "height").map(({ data }) => data);
  await expect.poll(async () => (await heights()).length).toBeGreaterThan(0);
  const asked = Number((await heights()).at(-1)?.height);
  expect(asked).toBeGreaterThan(450);
  // As a host does that gives the frame what it asks for; the timeline takes a little more in a high frame.
  await expect(async () => {
    const height = Number((await heights()).at(-1)?.height);
    await page.locator("#embed").evaluate((frame, px) => frame.setAttribute("height", String(px)), height);
    const columns = course.frame.locator(".panel-column");
    const missing = await columns.evaluateAll((all) => all.map((one) => one.scrollHeight - one.clientHeight));
    expect(missing.every((px) => px <= 1)).toBe(true);
    expect(Number((await heights()).at(-1)?.height)).toBe(height);
  }).toPass({ timeout: 15_000 });
  expect((await heights()).length).toBeLessThan(8);
});

test("plays where the browser refuses storage and workers, and says so when asked to run", async ({ page }) => {
  const build = await serveBuild();
  servers.push(build);
  const course = await openCourse(page, "?embed&mode=interactive&start=paused&step=40", {
    base: `${build.origin}/`,
    sandbox: "allow-scripts",
  });
  await course.frame.getByRole("button", { name: /^Next event/ }).click();
  await expect(main(course)).toHaveAttribute("data-step", "48");
  await course.frame.getByRole("button", { name: "Run", exact: true }).click();
  await expect(course.frame.getByText(/^Failed: The engine cannot start: /)).toBeVisible();
  await expect(main(course)).toHaveAttribute("data-step", "48");
});

test("shows and hides what its query says, and names what it cannot use", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto("./?embed&theme=dark&panels=score&mode=interactive&hide=run,policy,open&run=diary-gkv&colour=red");
  await expect(page.locator("main")).toHaveAttribute("data-idle", "true");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("region", { name: "Score", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Cache length" })).toHaveCount(0);
  await expect(page.getByText("G-KV: B 120")).toBeVisible();
  await expect(page.getByLabel("Budget B", { exact: true })).toHaveValue("120");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toHaveCount(0);
  await expect(page.getByLabel("Policy")).toHaveCount(0);
  await expect(page.getByRole("link")).toHaveCount(0);
  await expect(page.getByText(/“colour” isn’t an option of an embedded page/)).toBeVisible();
});

test("fits frames of 800 and 360 px, without accessibility violations", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 450 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("./?embed&mode=interactive");
  await expect(page.locator("main")).toHaveAttribute("data-idle", "true");
  await page.getByText("More", { exact: true }).click();
  for (const width of [800, 360]) {
    await page.setViewportSize({ width, height: 450 });
    const overflow = (): Promise<number[]> =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
        return [scrollWidth - clientWidth, scrollHeight - clientHeight];
      });
    await expect.poll(overflow).toEqual([0, 0]);
    await expectAccessible(page);
  }
});
