import { expect, it } from "vitest";
import { countPlaywright, countPytest, countVitest } from "./testCounts.mjs";

it("counts a test file that does not load as one failure", () => {
  const testResults = [
    { status: "passed", assertionResults: [{ status: "passed" }, { status: "pending" }, { status: "todo" }] },
    { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] },
    { status: "failed", assertionResults: [] },
  ];
  expect(countVitest({ testResults })).toEqual({ passed: 2, failed: 2, skipped: 2 });
});

it("counts a journey that passed when tried again as passed", () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

it("counts an error outside every journey as a failure", () => {
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  expect(countPlaywright({ stats, errors: ["the server did not start"] }).failed).toBe(1);
});

it("counts pytest's report from its first line, errors as failures", () => {
  const report = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="25" time="11.8"><testcase name="a"/>`;
  expect(countPytest(report)).toEqual({ passed: 19, failed: 3, skipped: 3 });
});
