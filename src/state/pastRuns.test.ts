// Undo with the run that belonged to the settings: two runs out of files, one after the other.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Trace } from "../trace/trace";
import { drivePage, recorded } from "./drivePage.testing";
import { laneRunOf } from "./shownRuns";

const { header } = recorded;
const model = { ...header.model, id: "winnow-1m" };
const runWith = (budgetSlots: number): Trace => ({
  ...recorded,
  header: { ...header, model, policyId: "gkv", parameters: { ...header.parameters, budgetSlots } },
});

// Changes that follow each other closely are one entry of the history.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

it("undo shows the run of the settings again, redo the later one", () => {
  const { store } = drivePage({ isMotionWelcome: false });
  const { showTrace, moveTo, undo, redo } = store.getState();
  const [tight, wide] = [runWith(40), runWith(64)];
  showTrace(tight);
  moveTo(1);
  vi.advanceTimersByTime(5000);
  showTrace(wide);
  undo();
  expect(store.getState().lanes[0].trace).toBe(tight);
  expect(store.getState().shownStep).toBe(1);
  redo();
  expect(store.getState().lanes[0].trace).toBe(wide);
});

it("undo leaves the run on screen where that of the settings is not kept", () => {
  const { store } = drivePage({ isMotionWelcome: false });
  const { showTrace, choose, undo } = store.getState();
  showTrace(runWith(40));
  const { lanes } = store.getState();
  choose("alpha", 0.5);
  undo();
  expect(store.getState().lanes).toBe(lanes);
});

it("a run that has not ended is not kept", () => {
  const { store } = drivePage({ isMotionWelcome: false });
  const { showTrace, undo } = store.getState();
  showTrace({ ...runWith(40), end: null });
  const wide = runWith(64);
  vi.advanceTimersByTime(5000);
  showTrace(wide);
  undo();
  expect(store.getState().lanes).toEqual([laneRunOf(wide)]);
});
