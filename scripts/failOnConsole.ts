// Fails a test that writes warnings or errors to the console, which nobody would read in a passing run. A test that
// expects such output replaces the function itself: vi.spyOn(console, "warn").mockImplementation(...).
import { afterEach, beforeEach, expect, vi } from "vitest";

const unexpected: string[] = [];

beforeEach(() => {
  unexpected.length = 0;
  for (const method of ["error", "warn"] as const) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      unexpected.push(`console.${method}: ${values.map(String).join(" ")}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(unexpected, "unexpected console output").toEqual([]);
});
