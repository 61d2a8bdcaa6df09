// What is kept among the recent settings, and when.
import { beforeEach, describe, expect, it } from "vitest";
import { noLaneComparison } from "../../settings/lanes";
import { drivePage } from "../../state/drivePage.testing";
import type { PageStore } from "../../state/pageStore";
import { recentStates } from "../../state/recentStates";
import { keepRecent, stateTitle } from "./keepRecent";

let store: PageStore;
let leave: () => void;
let end: () => void;
let nowMs: number;
let texts: Map<string, string>;
const storage = {
  getItem: (key: string) => texts.get(key) ?? null,
  setItem: (key: string, text: string) => void texts.set(key, text),
};

beforeEach(async () => {
  ({ store } = drivePage({ isMotionWelcome: false }));
  await store.getState().openRecordedRuns();
  texts = new Map();
  nowMs = 5000;
  end = keepRecent(store, {
    storage,
    nowMs: () => nowMs,
    onLeave(listener) {
      leave = listener;
      return () => (leave = () => undefined);
    },
  });
});

function kept(): readonly string[] {
  return recentStates(storage).map(({ title, atMs }) => `${title} @${atMs}`);
}

describe("recent settings", () => {
  it("are kept when a run is started with them, the newest first, each once", () => {
    store.getState().choose("problem", "walk-4x6-1");
    expect(kept()).toEqual([]);
    store.getState().run("run");
    nowMs = 6000;
    store.getState().choose("policyId", "snapKv");
    store.setState({ runStatus: "ended" });
    store.getState().run("run");
    expect(kept()).toEqual(["walk-4x6-1: SnapKV, B 96 @6000", "walk-4x6-1: G-KV, B 96 @5000"]);
  });

  it("are kept when the page is left after something was chosen, and not when nothing was", () => {
    leave();
    expect(kept()).toEqual([]);
    store.getState().choose("budgetSlots", 64);
    leave();
    expect(kept()).toEqual(["walk-5x20-1: G-KV, B 64 @5000"]);
  });

  it("are kept no longer once it has ended", () => {
    end();
    store.getState().choose("budgetSlots", 64);
    store.getState().run("run");
    leave();
    expect(kept()).toEqual([]);
  });
});

it("calls settings by problem and lanes", () => {
  expect(stateTitle({ choices: { policyId: "fullCache" }, comparison: noLaneComparison })).toBe(
    "walk-5x20-1: Full cache",
  );
  const comparison = { others: [{ policyId: "snapKv" }, { policyId: "fullCache" }], isForced: false };
  expect(stateTitle({ choices: { problem: "text", promptText: "  A cat  " }, comparison })).toBe(
    "“A cat”: G-KV, B 96 next to SnapKV and Full cache",
  );
});
