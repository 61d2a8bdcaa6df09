// `npm run browsers`: a first visit in Firefox and in WebKitGTK (Debian: firefox-esr, webkit2gtk-driver, xvfb), which
// Playwright cannot drive as the system ships them. Each is driven by its own protocol; a browser that is not installed is
// skipped with a message. Needs the built page (npm run build).
//
//   opens at Watch ─► the first event is decided ─► another rule: the answer turns wrong ─► why ─► Explore at that moment
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { WebSocket } from "ws";
import { preview } from "vite";

/** @typedef {{ open: (url: string) => Promise<void>, evaluate: (expression: string) => Promise<unknown>, close: () => Promise<void> }} Browser */

const report = path.resolve(".cache/reports/browsers.json");
const waitMs = 60_000;

/** What a first visit does. @param {Browser} browser @param {string} address */
async function firstVisit(browser, address) {
  const until = async (/** @type {string} */ what, /** @type {string} */ expression) => {
    for (const start = Date.now(); Date.now() - start < waitMs;) {
      if ((await browser.evaluate(expression)) === true) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const seen = await browser.evaluate(`JSON.stringify({ ...document.querySelector("main")?.dataset })`);
    throw new Error(`waited ${waitMs / 1000} s for this: ${what}; the page says ${String(seen)}`);
  };
  const main = (/** @type {string} */ name) => `document.querySelector("main")?.dataset.${name}`;
  const press = (/** @type {string} */ role, /** @type {string} */ name) =>
    `(() => {
      const named = [...document.querySelectorAll("button")].find(
        (button) => (${role}) && (button.ariaLabel ?? button.textContent).includes(${JSON.stringify(name)}));
      named?.click();
      return named !== undefined;
    })()`;

  await browser.open(address);
  await until("a run at Watch", `${main("way")} === "watch" && Number(${main("stepCount")}) > 0`);
  await until(
    "the first event, decided on screen",
    `!["before", "looking", undefined].includes(document.querySelector("[data-beat]")?.dataset.beat)`,
  );
  await until("the rule that keeps the last words", press(`button.role === "radio"`, "Last words only"));
  await until("the live run's end", `${main("runStatus")} === "ended"`);
  await until("a wrong answer", `${main("verdict")} === "wrong"`);
  await until("the reason", press("true", "where it went wrong"));
  await until("the way to Explore", press("true", "Open in Explore"));
  await until("every panel", `${main("way")} === "explore" && document.querySelector(".panel-timeline") !== null`);
}

/**
 * What the commands below answer with, each with its own part of this.
 * @typedef {{ contexts: { context: string }[], type: string, exceptionDetails: { text: string }, result: { value: unknown } }} FirefoxResult
 */

/** Firefox speaks WebDriver BiDi by itself. @param {string} program @returns {Promise<Browser>} */
async function openFirefox(program) {
  const profile = mkdtempSync(path.join(tmpdir(), "winnow-firefox-"));
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  /** @type {Promise<string>} */
  const endpoint = new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (/** @type {Buffer} */ data) => {
      said += data.toString();
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (found !== null) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error(`${program} ended before it could be driven: ${said.slice(-300)}`)));
  });
  const socket = new WebSocket(`${await endpoint}/session`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  let sent = 0;
  /** @type {Map<number, { resolve: (result: FirefoxResult) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  socket.on("message", (data) => {
    const { id, type, result, message } = JSON.parse(String(data));
    const asked = waiting.get(id);
    waiting.delete(id);
    if (type === "error") asked?.reject(new Error(`Firefox: ${message}`));
    else asked?.resolve(result);
  });
  /** @type {(method: string, params: object) => Promise<FirefoxResult>} */
  const send = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++sent, { resolve, reject });
      socket.send(JSON.stringify({ id: sent, method, params }));
    });
  await send("session.new", { capabilities: {} });
  const { contexts } = await send("browsingContext.getTree", {});
  const [{ context }] = contexts;
  await send("browsingContext.setViewport", { context, viewport: { width: 1280, height: 720 } });
  return {
    open: async (url) => void (await send("browsingContext.navigate", { context, url, wait: "complete" })),
    async evaluate(expression) {
      const params = { expression, target: { context }, awaitPromise: true };
      const answer = await send("script.evaluate", params);
      if (answer.type === "exception") throw new Error(`Firefox: ${answer.exceptionDetails.text}`);
      return answer.result.value;
    },
    async close() {
      socket.close();
      child.kill();
      await new Promise((resolve) => child.once("exit", resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** WebKitWebDriver speaks WebDriver over HTTP. @param {string} program @param {string} miniBrowser @returns {Promise<Browser>} */
async function openWebKit(program, miniBrowser) {
  const port = 4197;
  const driver = spawn("xvfb-run", ["-a", program, `--port=${port}`], { stdio: "ignore", detached: true });
  const call = async (/** @type {string} */ method, /** @type {string} */ place, /** @type {object} */ body = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}${place}`, {
      method,
      ...(method === "POST" && { body: JSON.stringify(body) }),
    });
    const { value } = await answer.json();
    if (value?.error !== undefined) throw new Error(`WebKitGTK: ${value.error}: ${value.message}`);
    return value;
  };
  const close = () => {
    if (driver.pid !== undefined) process.kill(-driver.pid);
  };
  const openSession = async () => {
    const browserOptions = { binary: miniBrowser, args: ["--automation"] };
    const { sessionId } = await call("POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } },
    });
    await call("POST", `/session/${sessionId}/window/rect`, { x: 0, y: 0, width: 1280, height: 800 });
    return sessionId;
  };
  const isReady = () =>
    call("GET", "/status").then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 50 && !(await isReady()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 200));
  const sessionId = await openSession().catch((error) => {
    close();
    throw error;
  });
  return {
    open: (url) => call("POST", `/session/${sessionId}/url`, { url }),
    evaluate: (expression) =>
      call("POST", `/session/${sessionId}/execute/sync`, { script: `return ${expression}`, args: [] }),
    async close() {
      await call("DELETE", `/session/${sessionId}`).catch(() => undefined);
      close();
    },
  };
}

/** @param {string} command */
function onPath(command) {
  const { status, stdout } = spawnSync("which", [command], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** MiniBrowser lies next to the library, not on the path. */
function findMiniBrowser() {
  for (const folder of ["/usr/lib", "/usr/libexec", "/usr/lib64"]) {
    for (const place of readdirOrNone(folder)) {
      if (!/linux-gnu|webkit2?gtk/.test(place)) continue;
      for (const inner of [
        "",
        ...readdirOrNone(path.join(folder, place)).filter((name) => name.startsWith("webkit")),
      ]) {
        const found = path.join(folder, place, inner);
        if (readdirOrNone(found).includes("MiniBrowser")) return path.join(found, "MiniBrowser");
      }
    }
  }
  return undefined;
}

/** @param {string} folder */
function readdirOrNone(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const firefox = onPath("firefox-esr") ?? onPath("firefox");
const webKitDriver = onPath("WebKitWebDriver");
const miniBrowser = findMiniBrowser();
const hasWebKit = webKitDriver !== undefined && miniBrowser !== undefined && onPath("xvfb-run") !== undefined;
/** @type {readonly (readonly [string, (() => Promise<Browser>) | undefined])[]} */
const browsers = [
  ["Firefox", firefox === undefined ? undefined : () => openFirefox(firefox)],
  ["WebKitGTK", hasWebKit ? () => openWebKit(webKitDriver, miniBrowser) : undefined],
];

const server = await preview({ base: "/some/folder/", preview: { port: 4196, strictPort: true } });
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, open] of browsers) {
  if (open === undefined) {
    console.log(`Skipped: ${name} is not installed. On Debian: apt-get install firefox-esr webkit2gtk-driver xvfb`);
    counts.skipped++;
    continue;
  }
  const start = Date.now();
  /** @type {Browser | null} */
  let browser = null;
  try {
    browser = await open();
    await firstVisit(browser, "http://localhost:4196/some/folder/");
    console.log(`${name}: a first visit, ${((Date.now() - start) / 1000).toFixed(1)} s`);
    counts.passed++;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    counts.failed++;
  }
  await browser?.close();
}
await server.close();
mkdirSync(path.dirname(report), { recursive: true });
writeFileSync(report, JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);
