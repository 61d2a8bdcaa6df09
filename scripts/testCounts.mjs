// How many tests passed, failed and were skipped, read from the reports of Vitest, Playwright and pytest.
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} TestCounts */
/** @typedef {{ status: string, assertionResults: { status: string }[] }} VitestFile */
/** @typedef {{ expected: number, unexpected: number, flaky: number, skipped: number }} PlaywrightStats */

/** @returns {TestCounts} */
export function noTests() {
  return { passed: 0, failed: 0, skipped: 0 };
}

/**
 * A file that does not load has no tests, yet it counts as one failure.
 * @param {{ testResults: VitestFile[] }} report
 * @returns {TestCounts}
 */
export function countVitest({ testResults }) {
  const counts = noTests();
  for (const { status, assertionResults } of testResults) {
    if (status === "failed" && assertionResults.length === 0) counts.failed += 1;
    for (const { status } of assertionResults) {
      if (status === "passed") counts.passed += 1;
      else if (status === "failed") counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

/**
 * A test that passed only when tried again counts as passed; Playwright reports it as flaky.
 * @param {{ stats: PlaywrightStats, errors: unknown[] }} report
 * @returns {TestCounts}
 */
export function countPlaywright({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (stats.unexpected === 0 ? errors.length : 0),
    skipped: stats.skipped,
  };
}

/**
 * The first line of a JUnit report has the sums.
 * @param {string} xml
 * @returns {TestCounts}
 */
export function countPytest(xml) {
  const count = (/** @type {string} */ name) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const [failed, skipped] = [count("failures") + count("errors"), count("skipped")];
  return { passed: count("tests") - failed - skipped, failed, skipped };
}

/**
 * The report in a file, or undefined if the test runner ended before it wrote one.
 * @param {string} file
 * @returns {any}
 */
export function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
