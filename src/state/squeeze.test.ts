import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { drivePage, sayReady, sayStarted, saySteps, type DrivenPage } from "./drivePage.testing";
import { budgetStops, ruleOf, squeezedChoices, stopsInForce } from "./squeeze";

describe("budgetStops", () => {
  it("are the drawn twelve for the problem that the page opens with", () => {
    expect(budgetStops(340, 96)).toEqual([32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 340]);
  });

  it("scale with the text, end with all of it, and hold the budget in force", () => {
    expect(budgetStops(212, 100)).toEqual([20, 28, 40, 48, 60, 68, 80, 100, 120, 140, 160, 212]);
    expect(budgetStops(212, 97)).toContain(97);
    expect(budgetStops(20, 96)).toEqual([8, 12, 16, 20, 96]);
  });
});

describe("a budget in bytes", () => {
  const inBytes = { budgetMode: "bytes", budgetBytes: 100_000 } as const;

  it("is squeezed in bytes, to so many slots", () => {
    expect(squeezedChoices(inBytes, { budgetSlots: 40 })).toEqual({ ...inBytes, budgetBytes: 40 * 4096 });
  });

  it("skips stops at which more slots take fewer bytes", () => {
    expect(stopsInForce(inBytes, [20, 40, 60])).toEqual([20, 40, 60]);
    const kivi = { ...inBytes, storage: "kivi" } as const;
    const [least] = stopsInForce(kivi, [44, 46]);
    expect(least).toBeGreaterThan(46);
    expect(stopsInForce(kivi, [least])).toEqual([least]);
  });
});

it("keeps rule and budget where another checkpoint is chosen", () => {
  const choices = { policyId: "random", budgetSlots: 48, alpha: 0.3 };
  expect(squeezedChoices(choices, { modelId: "winnow-1m-distilled" })).toEqual({
    ...choices,
    model: "winnow-1m-distilled",
  });
});

it("knows which policies are rules of Watch", () => {
  expect(["gkv", "streamingLlm", "snapKv"].map(ruleOf)).toEqual(["gkv", "streamingLlm", null]);
});

describe("squeezing", () => {
  let driven: DrivenPage;
  beforeEach(() => {
    vi.useFakeTimers();
    driven = drivePage();
    driven.store.getState().prepareEngine();
    sayReady(driven);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("runs at once at full speed, whatever pace is chosen, and stays at the end", () => {
    const { store, asked, recipes, say } = driven;
    store.getState().squeeze({ budgetSlots: 32 });
    expect(asked).toEqual(["load First auto", "start"]);
    expect(recipes[0].parameters.budgetSlots).toBe(32);
    sayStarted(driven);
    saySteps(driven, 0, 5);
    say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
    expect(store.getState()).toMatchObject({ origin: "live", shownStep: 4, isPlaying: false, runStatus: "ended" });
  });

  it("starts the newest value of a drag, and not every one", () => {
    const { store, recipes } = driven;
    for (const budgetSlots of [80, 64, 48]) store.getState().squeeze({ budgetSlots });
    expect(recipes.map(({ parameters }) => parameters.budgetSlots)).toEqual([80]);
    vi.advanceTimersByTime(300);
    expect(recipes.map(({ parameters }) => parameters.budgetSlots)).toEqual([80, 48]);
    store.getState().squeeze({ budgetSlots: 32 });
    store.getState().squeeze({ budgetSlots: 64 });
    store.getState().endSqueeze();
    vi.advanceTimersByTime(200);
    expect(recipes.map(({ parameters }) => parameters.budgetSlots)).toEqual([80, 48, 32, 64]);
  });

  it("is one entry of the history, and undone as such", () => {
    const { store } = driven;
    store.getState().squeeze({ policyId: "random", budgetSlots: 48 });
    expect(store.getState().choices).toEqual({ policyId: "random", budgetSlots: 48 });
    store.getState().undo();
    expect(store.getState().choices).toEqual({});
  });

  it("goes on with the lane on the stage alone", () => {
    const { store } = driven;
    const others = [{ policyId: "snapKv" }];
    store.getState().chooseState({ choices: { budgetSlots: 64 }, comparison: { others, isForced: false } });
    store.setState({ stageLane: 1 });
    store.getState().squeeze({ budgetSlots: 48 });
    expect(store.getState().choices).toEqual({ policyId: "snapKv", budgetSlots: 48 });
    expect(store.getState().comparison.others).toEqual([]);
  });
});

describe("an engine that comes before it is asked for", () => {
  it("is loaded once, and says nothing about the machine before a run in Explore", () => {
    const { store, asked, say } = drivePage();
    store.getState().prepareEngine();
    store.getState().prepareEngine();
    expect(store.getState().runStatus).toBe("none");
    const { model, backend } = { model: { maxPositions: 1024 }, backend: { type: "cpu" } };
    const notice = { tone: "warning", text: "The CPU decodes instead." };
    say({ type: "ready", model, backend, notice } as Parameters<typeof say>[0]);
    store.getState().squeeze({ budgetSlots: 48 });
    expect(store.getState().notices).toEqual([]);
    store.getState().run("run");
    expect(store.getState().notices).toMatchObject([notice]);
    expect(asked).toEqual(["load First auto", "start", "start paused"]);
  });

  it("fails in silence, and is asked for again by the next run", () => {
    const { store, asked, say } = drivePage();
    store.getState().prepareEngine();
    say({ type: "failed", run: null, message: "No connection." });
    expect(store.getState()).toMatchObject({ runStatus: "none", notices: [] });
    store.getState().squeeze({ budgetSlots: 48 });
    expect(asked).toEqual(["load First auto", "load First auto"]);
    expect(store.getState().runStatus).toBe("loading");
  });
});
