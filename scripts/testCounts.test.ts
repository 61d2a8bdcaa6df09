import { expect, it } from "vitest";
import { countPlaywright, countVitest } from "./testCounts.mjs";

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
