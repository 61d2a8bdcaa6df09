import { beforeEach, describe, expect, it } from "vitest";
import { tokensDigest } from "../trace/proof/digest";
import { drivePage, drivenTrace as trace, sayReady, saySteps, startLive, sayStarted } from "./drivePage.testing";
import type { DrivenPage } from "./drivePage.testing";
import { laneOnStage } from "./shownRuns";

const { backend } = trace.header;

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
});

describe("a live run", () => {
  it("loads the model at the first Run, starts when it is ready, and follows its head", () => {
    const { store, asked, recipes, drawFrame } = driven;
    store.getState().choose("budgetSlots", 64);
    store.getState().run("run");
    expect(asked).toEqual(["load First auto"]);
    sayReady(driven);
    expect(asked).toEqual(["load First auto", "start"]);
    expect(recipes[0]).toMatchObject({ policyId: "gkv", parameters: { budgetSlots: 64 } });
    sayStarted(driven);
    saySteps(driven, 0, 2);
    drawFrame();
    expect(store.getState()).toMatchObject({ origin: "live", stepCount: 2, shownStep: 1, runStatus: "running" });
  });

  it("does not load the model again for the next run, unless it is to run elsewhere", () => {
    const { store, asked } = startLive(driven);
    store.getState().run("run");
    store.getState().choose("backend", "cpu");
    store.getState().run("run");
    expect(asked).toEqual(["load First auto", "start", "start", "load First cpu"]);
  });

  it("loads the other model for the next run once that is chosen, and starts when it is ready", () => {
    const { store, asked } = startLive(driven);
    const choose = (model: string): void => store.getState().choose("model", model);
    choose("second");
    store.getState().run("run");
    expect(asked.slice(2)).toEqual(["load Second auto"]);
    sayReady(driven);
    expect(asked.slice(3)).toEqual(["start"]);
    choose("winnow-1m");
    store.getState().run("run");
    expect(asked.slice(4)).toEqual(["load First auto"]);
  });

  it("names the model of a lane that has another than the first", () => {
    const { store, asked, recipes } = driven;
    const others = [{ policyId: "snapKv" }, { policyId: "gkv", model: "second" }];
    store.getState().compare({ others, isForced: false });
    store.getState().run("run");
    sayReady(driven);
    expect(asked).toEqual(["load First auto", "start"]);
    expect(recipes.map(({ model }) => model?.label)).toEqual([undefined, undefined, "Second"]);
    driven.say({ type: "laneNotice", run: 1, lane: 2, notice: { tone: "warning", text: "The CPU decodes instead." } });
    expect(store.getState().notices).toMatchObject([{ tone: "warning", text: "Lane 3: The CPU decodes instead." }]);
  });

  it("may take what its problem calls for, within the positions of the model", () => {
    const { store, recipes } = driven;
    store.getState().choose("problem", "diary-6x34-1");
    store.getState().run("run");
    sayReady(driven, 1024);
    store.getState().choose("maxNewTokens", 90);
    store.getState().run("run");
    store.getState().choose("maxNewTokens", 0);
    store.getState().choose("backend", "cpu");
    store.getState().run("run");
    sayReady(driven, 200);
    expect(recipes.map((recipe) => recipe.maxNewTokens)).toEqual([568, 90, 81]);
  });

  it("shows its own problem, whatever is chosen meanwhile", () => {
    const { store, drawFrame } = driven;
    store.getState().choose("problem", "story-4x1-1");
    startLive(driven);
    store.getState().choose("problem", "walk-4x10-1");
    saySteps(driven, 0, 1);
    drawFrame();
    expect(store.getState().problem?.id).toBe("story-4x1-1");
  });

  it("lets the reader look back while it goes on, and come back", () => {
    const { store, drawFrame } = startLive(driven);
    saySteps(driven, 0, 2);
    drawFrame();
    store.getState().moveTo(0);
    saySteps(driven, 2, 4);
    drawFrame();
    expect(store.getState()).toMatchObject({ shownStep: 0, stepCount: 4, isFollowing: false });
    store.getState().backToLive();
    expect(store.getState()).toMatchObject({ shownStep: 3, isFollowing: true });
  });

  it("keeps the recorded run on screen until its own first step", async () => {
    const { store, drawFrame } = driven;
    await store.getState().openRecordedRuns();
    startLive(driven);
    expect(store.getState().origin).toBe("recorded");
    saySteps(driven, 0, 1);
    drawFrame();
    expect(store.getState()).toMatchObject({ origin: "live", stepCount: 1, isPlaying: false });
  });

  it("steps one token from nothing, then one more", () => {
    const { store, asked } = driven;
    store.getState().run("step");
    sayReady(driven);
    sayStarted(driven);
    saySteps(driven, 0, 1);
    driven.say({ type: "paused", run: 1, stepCount: 1 });
    expect(store.getState()).toMatchObject({ runStatus: "paused", stepCount: 1 });
    store.getState().stepOnce();
    expect(asked).toEqual(["load First auto", "start paused", "advance 1", "advance 1"]);
  });

  it("is paused and resumed by the space bar at its newest step, and played when it has ended", () => {
    const { store, asked, say } = startLive(driven);
    saySteps(driven, 0, 5);
    driven.drawFrame();
    store.getState().playPause();
    say({ type: "paused", run: 1, stepCount: 5 });
    store.getState().playPause();
    expect(asked.slice(-2)).toEqual(["pause", "resume"]);
    say({ type: "resumed", run: 1 });
    say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
    expect(store.getState()).toMatchObject({ runStatus: "ended" });
    expect(laneOnStage(store.getState())?.end).toBe("stopToken");
    store.getState().playPause();
    expect(store.getState()).toMatchObject({ isPlaying: true, shownStep: 0 });
  });

  it("says what failed, and loads the engine anew at the next Run", () => {
    const { store, asked, say } = startLive(driven);
    say({ type: "failed", run: null, message: "The engine stopped." });
    expect(store.getState().runStatus).toBe("failed");
    expect(store.getState().notices.map((notice) => notice.text)).toEqual(["The engine stopped."]);
    store.getState().run("run");
    expect(asked.slice(-1)).toEqual(["load First auto"]);
  });

  it("cannot be continued once the engine behind it has gone", () => {
    const { store, say } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, lane: 0, reason: "length" });
    say({ type: "failed", run: 1, message: "There is no room for more tokens." });
    expect(store.getState().runStatus).toBe("ended");
    store.getState().choose("model", "second");
    store.getState().run("run");
    say({ type: "failed", run: null, message: "The model cannot be read." });
    expect(store.getState()).toMatchObject({ runStatus: "failed", stepCount: 3 });
  });

  it("goes on after its end when it is continued", () => {
    const { store, asked, say, drawFrame } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, lane: 0, reason: "length" });
    store.getState().continueRun(64);
    expect(asked.slice(-1)).toEqual(["continue 64"]);
    say({ type: "resumed", run: 1 });
    saySteps(driven, 3, 5);
    drawFrame();
    expect(store.getState()).toMatchObject({ stepCount: 5, shownStep: 4, runStatus: "running" });
    expect(laneOnStage(store.getState())?.end).toBeNull();
  });

  it("counts as continued from the first step after its end, not from the wish", () => {
    const { store, say } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, lane: 0, reason: "length" });
    store.getState().continueRun(64);
    expect(store.getState().isContinued).toBe(false);
    saySteps(driven, 3, 4);
    expect(store.getState().isContinued).toBe(true);
  });

  it("goes on at the pace that was chosen when it is continued", () => {
    const { store, asked, say } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, lane: 0, reason: "length" });
    store.getState().setSpeed(10);
    store.getState().continueRun(64);
    expect(asked.slice(-2)).toEqual(["continue 64", "pause"]);
    say({ type: "paused", run: 1, stepCount: 3 });
    store.getState().advanceClock(100);
    expect(asked.slice(-1)).toEqual(["advance 2"]);
  });

  it("tells of the buffers that it moved to", () => {
    const { store, say, drawFrame } = startLive(driven);
    saySteps(driven, 0, 1);
    drawFrame();
    say({ type: "memory", run: 1, lane: 0, memory: { ...trace.header.memory, slotCapacity: 999 } });
    expect(laneOnStage(store.getState())?.trace.header.memory.slotCapacity).toBe(999);
  });

  it("does not come back when a recorded run took its place while it was loading", async () => {
    const { store, asked } = driven;
    await store.getState().openRecordedRuns();
    store.getState().run("run");
    await store.getState().showRecordedRun(store.getState().recordedRuns[0].id);
    sayReady(driven);
    expect(asked).toEqual(["load First auto"]);
    expect(store.getState()).toMatchObject({ origin: "recorded", runStatus: "none" });
  });

  it("leaves a recorded run that took its place as it is when its model cannot be loaded", async () => {
    const { store, say } = driven;
    await store.getState().openRecordedRuns();
    store.getState().run("run");
    await store.getState().showRecordedRun(store.getState().recordedRuns[0].id);
    say({ type: "failed", run: null, message: "The model cannot be read." });
    expect(store.getState()).toMatchObject({ origin: "recorded", runStatus: "none" });
    expect(store.getState().notices.map((notice) => notice.text)).toEqual(["The model cannot be read."]);
  });

  it("is not shown when a recorded run took its place before its first step", async () => {
    const { store, drawFrame } = startLive(driven);
    await store.getState().openRecordedRuns();
    await store.getState().showRecordedRun(store.getState().recordedRuns[0].id);
    saySteps(driven, 0, 1);
    drawFrame();
    driven.say({ type: "done", run: 1, lane: 0, reason: "stopped" });
    expect(store.getState()).toMatchObject({ origin: "recorded", runStatus: "none" });
  });

  it("tells of a change of the machine under it", () => {
    const { store, say } = startLive(driven);
    const lost = { type: "backendChanged", backend: { ...backend, adapter: "another" }, check: null } as const;
    say({ ...lost, modelId: "of a lane", reason: "A lane lost its device." });
    expect(store.getState().engine?.backend.adapter).not.toBe("another");
    say({ ...lost, modelId: store.getState().engine?.model.id ?? "", reason: "The device was lost." });
    expect(store.getState().engine?.backend.adapter).toBe("another");
    expect(store.getState().notices.map((notice) => notice.text)).toEqual([
      "A lane lost its device.",
      "The device was lost.",
    ]);
  });
});

it.each([
  ["reproduced", tokensDigest(trace.steps.map((record) => record.token))],
  ["diverged", "0123456789abcdef"],
])("holds a run against its link: %s", async (type, digest) => {
  const { store, say } = driven;
  await store.getState().openLink(`#v2&digest=${digest}`);
  startLive(driven);
  saySteps(driven, 0, 5);
  say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
  expect(store.getState().verdicts.map((verdict) => verdict?.type)).toEqual([type]);
});

it("does not hold a run against the link that was opened while it went on", async () => {
  const { store, say } = startLive(driven);
  saySteps(driven, 0, 5);
  await store.getState().openLink("#v2&B=48&digest=0123456789abcdef");
  say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
  expect(store.getState().verdicts).toEqual([]);
});

describe("the heads that a live run watches", () => {
  it("begin with the one in focus, and follow the focus and what is kept", () => {
    const { store, asked, recipes } = startLive(driven);
    expect(recipes[0].watch).toEqual({ choice: "auto", wanted: [{ layer: 2, kvHead: 0 }] });
    store.getState().focusOn(12, 3);
    store.getState().keepHead(5, 1);
    store.getState().focusOn(12, 3);
    store.getState().focusOn(2, 0);
    expect(asked.slice(2)).toEqual(["watch 12.3 2.0", "watch 12.3 5.1 2.0", "watch 2.0 5.1 12.3"]);
    store.getState().keepHead(5, 1);
    store.getState().run("run");
    expect(asked.slice(5)).toEqual(["watch 2.0 12.3", "start"]);
    expect(recipes[1].watch?.wanted).toEqual([
      { layer: 2, kvHead: 0 },
      { layer: 12, kvHead: 3 },
    ]);
  });

  it("are all of them where the settings say so", () => {
    driven.store.getState().choose("attentionHeads", "all");
    expect(startLive(driven).recipes[0].watch?.choice).toBe("all");
  });
});

it("stops a run whose trace cannot be made small enough, and says so once", () => {
  const { store, asked, say } = startLive(driven);
  const record = { ...trace.steps[0], candidateLogProbabilities: new Float32Array(62e6) };
  say({ type: "step", run: 1, lane: 0, record, eviction: null });
  saySteps(driven, 1, 2);
  expect(asked).toContain("stop");
  const told = store.getState().notices.filter(({ text }) => text.includes("256 MB"));
  expect(told).toHaveLength(1);
  expect(store.getState().runStatus).toBe("running"); // until the engine says that it has ended
});
