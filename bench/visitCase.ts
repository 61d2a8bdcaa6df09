// A first visit over a slow line on a slow machine, on the built page: when something moves, when the first event is decided
// on screen, what is loaded for it, and how quietly it happens. Driven from Node, because the page under test is the whole page.
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession } from "playwright";
import { build, preview } from "vite";
import { median, type BenchTable } from "./table";

/** 10 Mbit/s with 40 ms to the host, and a processor four times slower than this one. */
const line = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
const CPU_SLOWDOWN = 4;
const PORT = 4198;

interface Visit {
  readonly firstPaintMs: number;
  readonly firstMoveMs: number;
  readonly firstDecisionMs: number;
  readonly largestPaintMs: number;
  /** Sum of what tasks take beyond 50 ms, until the first decision. */
  readonly blockedMs: number;
  readonly longestTaskMs: number;
  readonly layoutShift: number;
  /** Of scripts, as sent, until the first decision. */
  readonly scriptBytes: number;
}

const sizes = [
  { width: 1280, height: 720 },
  { width: 360, height: 740 },
];

export async function visitCase(browser: Browser, isQuick: boolean): Promise<BenchTable> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const outDir = path.join(root, ".cache/visit");
  await build({ root, mode: "production", logLevel: "error", build: { outDir } });
  const server = await preview({ root, build: { outDir }, preview: { port: PORT, strictPort: true } });
  try {
    const rows: (string | number)[][] = [];
    for (const size of sizes) {
      const visits: Visit[] = [];
      for (let round = 0; round < (isQuick ? 1 : 3); round++) visits.push(await visit(browser, size));
      const middle = (pick: (visit: Visit) => number): number => median(visits.map(pick));
      const seconds = (pick: (visit: Visit) => number): number => Math.round(middle(pick) / 10) / 100;
      rows.push([
        `${size.width} × ${size.height}`,
        seconds((of) => of.firstPaintMs),
        seconds((of) => of.largestPaintMs),
        seconds((of) => of.firstMoveMs),
        seconds((of) => of.firstDecisionMs),
        Math.round(middle((of) => of.blockedMs)),
        Math.round(middle((of) => of.longestTaskMs)),
        Math.round(1000 * middle((of) => of.layoutShift)) / 1000,
        Math.round(middle((of) => of.scriptBytes) / 1000),
      ]);
    }
    return {
      title: "A first visit, cold",
      note: "10 Mbit/s, 40 ms, processor slowed down 4 times; seconds from the request, tasks in ms, scripts in kB as sent",
      columns: [
        ...["window", "first paint", "largest paint", "something moves", "first event decided"],
        ...["blocked", "longest task", "layout shift", "scripts"],
      ],
      rows,
    };
  } finally {
    await server.close();
  }
}

async function visit(browser: Browser, viewport: { width: number; height: number }): Promise<Visit> {
  const context = await browser.newContext({ viewport, serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await slowDown(session);
  let scriptBytes = 0;
  const scripts = new Set<string>();
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scriptBytes += encodedDataLength;
  });
  await page.addInitScript(watchPage);
  await page.goto(`http://localhost:${PORT}/`, { waitUntil: "commit" });
  await page.waitForFunction(() => window.winnowVisit.firstDecisionMs !== null, undefined, { timeout: 60_000 });
  const seen = await page.evaluate(() => ({
    ...window.winnowVisit,
    firstPaintMs: performance.getEntriesByName("first-contentful-paint").at(0)?.startTime ?? NaN,
  }));
  await context.close();
  return { ...seen, firstMoveMs: seen.firstMoveMs ?? NaN, firstDecisionMs: seen.firstDecisionMs ?? NaN, scriptBytes };
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Network.emulateNetworkConditions", line);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
}

declare global {
  interface Window {
    winnowVisit: {
      firstMoveMs: number | null;
      firstDecisionMs: number | null;
      largestPaintMs: number;
      blockedMs: number;
      longestTaskMs: number;
      layoutShift: number;
    };
  }
}

/** Runs in the page, before its own scripts. */
function watchPage(): void {
  const seen: Window["winnowVisit"] = {
    ...{ firstMoveMs: null, firstDecisionMs: null },
    ...{ largestPaintMs: 0, blockedMs: 0, longestTaskMs: 0, layoutShift: 0 },
  };
  window.winnowVisit = seen;
  const observe = (type: string, each: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe("longtask", ({ duration }) => {
    seen.blockedMs += duration - 50;
    seen.longestTaskMs = Math.max(seen.longestTaskMs, duration);
  });
  observe("layout-shift", (entry) => (seen.layoutShift += (entry as PerformanceEntry & { value: number }).value));
  observe("largest-contentful-paint", ({ startTime }) => (seen.largestPaintMs = startTime));
  let firstStep: string | undefined;
  const look = (): void => {
    const step = document.querySelector("main")?.dataset.step;
    firstStep ??= step;
    if (step !== firstStep) seen.firstMoveMs ??= performance.now();
    const beat = document.querySelector<HTMLElement>("[data-beat]")?.dataset.beat;
    if (beat === "lifted" || beat === "falling") seen.firstDecisionMs ??= performance.now();
    if (seen.firstDecisionMs === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
