// `npm test`: runs every stage, one line each, and stops at the first that fails, with its output. The last line sums the
// tests of unit, python, gpu, e2e and browsers. `--verbose` shows the output of every stage as it comes.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { findChromium } from "./findChromium.mjs";
import { countPlaywright, countVitest, noTests, readReport } from "./testCounts.mjs";

/** @typedef {import("./testCounts.mjs").TestCounts} TestCounts */
/**
 * A stage of tests names its report and how to count it.
 * @typedef {{ name: string, command: string, report?: string, count?: (report: any) => TestCounts }} Stage
 */

const reports = ".cache/reports";
const stageTimeoutMs = 20 * 60_000;
const isVerbose = process.argv.includes("--verbose");

/**
 * Stages that leave a core idle, in two queues that run side by side. The stages that need a browser come after them.
 * @type {readonly (readonly Stage[])[]}
 */
const sideBySide = [
  [
    { name: "format", command: "npm run format" },
    { name: "lint", command: "npm run lint" },
    { name: "types", command: "npm run types" },
    // `npm run build` without its type check, which has just passed.
    { name: "build", command: "npx vite build" },
  ],
  [
    vitestStage("unit"),
    { name: "python", command: "npm run python", report: `${reports}/python.json`, count: (counts) => counts },
  ],
];

/** @type {readonly Stage[]} */
const inBrowser = [
  vitestStage("gpu"),
  {
    name: "e2e",
    command: "npm run e2e -- --reporter=list,json",
    report: `${reports}/e2e.json`,
    count: countPlaywright,
  },
  {
    name: "browsers",
    command: "npm run browsers",
    report: `${reports}/browsers.json`,
    count: (counts) => counts,
  },
];

/** @param {string} name */
function vitestStage(name) {
  const report = `${reports}/${name}.json`;
  return {
    name,
    command: `npm run ${name} -- --reporter=default --reporter=json --outputFile.json=${report}`,
    report,
    count: countVitest,
  };
}

/**
 * Ends a command that runs, and everything it started. One for each that runs now.
 * @type {Set<() => void>}
 */
const stops = new Set();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
}

const totals = noTests();
let hasFailed = false;
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const isPassed = (await hasBrowser()) && (await runStages());
// A stage can fail without a failed test: a lint error, a file that does not load.
if (!isPassed && totals.failed === 0) totals.failed = 1;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(isPassed ? 0 : 1);

async function runStages() {
  const queues = await Promise.all(sideBySide.map(runQueue));
  return queues.every((isOk) => isOk) && (await runQueue(inBrowser));
}

/**
 * Runs stages in order, up to the first that fails; that stops the other queue too.
 * @param {readonly Stage[]} stages
 */
async function runQueue(stages) {
  for (const { name, command, report, count } of stages) {
    const { isOk, output, seconds } = await run(command);
    if (hasFailed) return false;
    const found = report === undefined ? undefined : readReport(report);
    const counts = found === undefined ? undefined : count?.(found);
    if (counts !== undefined) {
      totals.passed += counts.passed;
      totals.failed += counts.failed;
      totals.skipped += counts.skipped;
    }
    const detail = counts === undefined ? "" : `  ${describe(name, counts)}`;
    console.log(`${name.padEnd(9)}${isOk ? "ok    " : "FAILED"}${seconds.toFixed(1).padStart(7)} s${detail}`);
    if (!isOk) {
      hasFailed = true;
      stopAll();
      if (!isVerbose) console.log(output);
      console.log(`The stage ${name} failed. By itself: npm run ${name}`);
      return false;
    }
  }
  return true;
}

/** @param {string} name @param {TestCounts} counts */
function describe(name, { passed, failed, skipped }) {
  if (passed + failed === 0 && skipped > 0) return `skipped: \`npm run ${name}\` says what is missing`;
  return `${passed} of ${passed + failed} tests`;
}

async function hasBrowser() {
  if (findChromium() !== undefined) return true;
  const { chromium } = await import("playwright");
  if (existsSync(chromium.executablePath())) return true;
  console.log("No Chromium or Chrome found. Trying: npx playwright install chromium");
  const { isOk, output } = await run("npx playwright install chromium");
  if (isOk) return true;
  console.log(output);
  console.log(
    [
      "The download failed, and the gpu and e2e tests need a Chromium or Chrome. Either",
      "  install one: `apt-get install chromium` on Debian, or https://www.google.com/chrome/,",
      "  or name one that is already there: CHROMIUM_PATH=/path/to/chrome npm test",
      "The stages that need no browser run alone: npm run format, lint, types, unit, build.",
    ].join("\n"),
  );
  return false;
}

function stopAll() {
  for (const stop of stops) stop();
}

/**
 * Runs a command line to its end and collects what it prints.
 * @param {string} command
 * @returns {Promise<{ isOk: boolean, output: string, seconds: number }>}
 */
function run(command) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    // Its own process group, so that a stage that hangs is stopped with everything it started.
    const child = spawn(command, {
      shell: true,
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: path.resolve(reports, "e2e.json") },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
        if (isVerbose) process.stdout.write(text);
      });
    }
    const stop = () => {
      stops.delete(stop);
      if (child.pid !== undefined) process.kill(process.platform === "win32" ? child.pid : -child.pid);
    };
    stops.add(stop);
    const timer = setTimeout(() => {
      output += `\nStopped after ${stageTimeoutMs / 60_000} minutes: ${command}\n`;
      stop();
    }, stageTimeoutMs);
    child.on("exit", () => stops.delete(stop));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ isOk: code === 0, output, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}
