import { expect, it } from "vitest";
import { unreadableRun, type LibraryRun } from "../../state/library/libraryRun";
import { roomWords, runWords, savedWords } from "./libraryWords";

const run: LibraryRun = {
  ...unreadableRun("1"),
  policyLabel: "G-KV",
  promptCount: 62,
  stepCount: 1389,
  fileBytes: 2048,
};

it("names policy, budget and tokens of a run, and no budget if it has none", () => {
  expect(runWords({ ...run, budgetSlots: 96 })).toBe("G-KV, B 96 · 62 + 1,389 tokens");
  expect(runWords(run)).toBe("G-KV · 62 + 1,389 tokens");
});

it("writes when a run was saved", () => {
  expect(savedWords(Date.UTC(2026, 2, 14, 9, 5), "UTC")).toBe("14 Mar 2026, 09:05");
});

it("says how much room the runs take, and how much the browser allows, if known", () => {
  const quota = { usedBytes: 1024 ** 2, quotaBytes: 4 * 1024 ** 2, isPersistent: false };
  expect(roomWords([run], quota)).toBe(
    "1 run, 2.0 KiB. This page uses 1.0 MiB of the 4.0 MiB that the browser allows it (25 %).",
  );
  expect(roomWords([run, run], null)).toBe("2 runs, 4.0 KiB. The browser does not say how much room there is.");
});
