import { beforeEach, describe, expect, it } from "vitest";
import { tokensDigest } from "../trace/digest";
import { drivePage, drivenTrace as trace, recorded, sayReady, saySteps, startLive, sayStarted } from "./drivePage";
import type { DrivenPage } from "./drivePage";

const { backend } = trace.header;

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
});

describe("a recorded run", () => {
  it("plays from its start before the engine is asked for", async () => {
    const { store, asked } = driven;
    await store.getState().openRecordedRuns();
    expect(store.getState()).toMatchObject({ trace: recorded, origin: "recorded", shownStep: 0, isPlaying: true });
    expect(store.getState().problem?.id).toBe("walk-5x6-1");
    store.getState().setSpeed(12);
    store.getState().advanceClock(125);
    expect(store.getState().shownStep).toBe(1);
    store.getState().advanceClock(10_000);
    expect(store.getState()).toMatchObject({ shownStep: 4, isPlaying: false });
    expect(asked).toEqual([]);
  });

  it("is shown at its end where motion is not welcome", async () => {
    const { store } = drivePage({ isMotionWelcome: false });
    await store.getState().openRecordedRuns();
    expect(store.getState()).toMatchObject({ shownStep: 4, isPlaying: false });
  });

  it("is missed in plain words", async () => {
    const { store } = drivePage({ hasRecordings: false });
    await store.getState().openRecordedRuns();
    expect(store.getState().isRecordedRunLoading).toBe(false);
    expect(store.getState().notices.map((notice) => notice.text)).toEqual([
      "No recorded run could be shown: no such folder. Press Run for a live one.",
    ]);
  });

  it("moves by steps, events and ends, and stays within the run", async () => {
    const { store } = driven;
    const { openRecordedRuns, moveTo, moveBy, moveToEvent } = store.getState();
    await openRecordedRuns();
    const steps: number[] = [];
    const note = (): number => steps.push(store.getState().shownStep);
    moveToEvent(1);
    note();
    moveToEvent(1);
    note();
    moveToEvent(1);
    note();
    moveToEvent(-1);
    note();
    moveToEvent(-1);
    note();
    moveBy(-3);
    note();
    moveTo(Infinity);
    note();
    expect(steps).toEqual([1, 4, 4, 1, 0, 0, 4]);
    expect(store.getState().isPlaying).toBe(false);
  });
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

  it("may take half as many tokens again as its problem, within the positions of the model", () => {
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
    expect(recipes.map((recipe) => recipe.maxNewTokens)).toEqual([774, 90, 81]);
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

  it("is held and let go by the space bar at its head, and played when it has ended", () => {
    const { store, asked, say } = startLive(driven);
    saySteps(driven, 0, 5);
    driven.drawFrame();
    store.getState().playPause();
    say({ type: "paused", run: 1, stepCount: 5 });
    store.getState().playPause();
    expect(asked.slice(-2)).toEqual(["pause", "resume"]);
    say({ type: "resumed", run: 1 });
    say({ type: "done", run: 1, reason: "stopToken" });
    expect(store.getState()).toMatchObject({ runStatus: "ended", end: "stopToken" });
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

  it("goes on after its end when it is continued", () => {
    const { store, asked, say, drawFrame } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, reason: "length" });
    store.getState().continueRun(64);
    expect(asked.slice(-1)).toEqual(["continue 64"]);
    say({ type: "resumed", run: 1 });
    saySteps(driven, 3, 5);
    drawFrame();
    expect(store.getState()).toMatchObject({ stepCount: 5, shownStep: 4, runStatus: "running", end: null });
  });

  it("counts as continued from the first step after its end, not from the wish", () => {
    const { store, say } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, reason: "length" });
    store.getState().continueRun(64);
    expect(store.getState().isContinued).toBe(false);
    saySteps(driven, 3, 4);
    expect(store.getState().isContinued).toBe(true);
  });

  it("goes on at the pace that was chosen when it is continued", () => {
    const { store, asked, say } = startLive(driven);
    saySteps(driven, 0, 3);
    say({ type: "done", run: 1, reason: "length" });
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
    say({ type: "memory", run: 1, memory: { ...trace.header.memory, slotCapacity: 999 } });
    expect(store.getState().trace?.header.memory.slotCapacity).toBe(999);
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

  it("is not shown when a recorded run took its place before its first step", async () => {
    const { store, drawFrame } = startLive(driven);
    await store.getState().openRecordedRuns();
    await store.getState().showRecordedRun(store.getState().recordedRuns[0].id);
    saySteps(driven, 0, 1);
    drawFrame();
    driven.say({ type: "done", run: 1, reason: "stopped" });
    expect(store.getState()).toMatchObject({ origin: "recorded", runStatus: "none" });
  });

  it("tells of a change of the machine under it", () => {
    const { store, say } = startLive(driven);
    say({ type: "backendChanged", backend: { ...backend, adapter: "another" }, reason: "The device was lost." });
    expect(store.getState().engine?.backend.adapter).toBe("another");
    expect(store.getState().notices.map((notice) => notice.text)).toEqual(["The device was lost."]);
  });
});

it.each([
  ["Reproduced", tokensDigest(trace.steps.map((record) => record.token))],
  ["Not reproduced", "0123456789abcdef"],
])("says of a run from a shared link: %s", (word, digest) => {
  const { store, say } = driven;
  store.getState().openLink(`#v2&digest=${digest}`);
  startLive(driven);
  saySteps(driven, 0, 5);
  say({ type: "done", run: 1, reason: "stopToken" });
  expect(store.getState().notices.map((notice) => notice.text.split(":")[0])).toEqual([word]);
});

it("lists what a link could not set, once", () => {
  const { store } = driven;
  store.getState().openLink("#v2&B=lots");
  store.getState().openLink("#v2&B=lots");
  expect(store.getState().notices).toHaveLength(1);
});

it.each([
  ["maze", /^Problem: “maze” is not an id such as walk-5x20-4.*; walk-5x20-1 is used\.$/],
  ["walk-99x20-1", /^Problem: the problem walk-99x20-1 cannot be drawn: .*; walk-5x20-1 is used\.$/],
  ["walk-05x20-1", /^Problem: “walk-05x20-1” is not an id/],
])("falls back to the first problem where a link names %s, and says so", (id, complaint) => {
  const { store } = driven;
  store.getState().openLink(`#v2&problem=${id}&B=64`);
  expect(store.getState().choices).toEqual({ budgetSlots: 64 });
  expect(store.getState().notices.map((notice) => notice.text)).toEqual([expect.stringMatching(complaint)]);
});

it("says that an empty text cannot be run", () => {
  const { store, asked } = driven;
  store.getState().choose("problem", "text");
  store.getState().run("run");
  expect(asked).toEqual([]);
  expect(store.getState().notices[0].text).toMatch(/text is empty/);
});

describe("the pace of a live run", () => {
  it("gives the engine leave for as many tokens as are due, once it rests", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    store.getState().run("run");
    sayReady(driven);
    sayStarted(driven);
    store.getState().advanceClock(50);
    expect(asked).toEqual(["load First auto", "start paused"]);
    say({ type: "paused", run: 1, stepCount: 0 });
    store.getState().advanceClock(50);
    expect(asked.slice(2)).toEqual(["advance 2"]);
    store.getState().advanceClock(100);
    expect(asked.slice(3)).toEqual([]);
    say({ type: "paused", run: 1, stepCount: 2 });
    store.getState().advanceClock(10);
    expect(asked.slice(3)).toEqual(["advance 1"]);
    expect(store.getState().runStatus).toBe("running");
  });

  it("ends with Pause and begins again with Resume", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    startPaced(driven);
    store.getState().pause();
    store.getState().advanceClock(1000);
    expect(store.getState().runStatus).toBe("paused");
    expect(asked.slice(-1)).toEqual(["start paused"]);
    store.getState().resume();
    store.getState().advanceClock(100);
    say({ type: "resumed", run: 1 });
    expect(store.getState().runStatus).toBe("running");
    expect(asked.slice(-1)).toEqual(["advance 2"]);
  });

  it("can be lifted and set while it runs", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    startPaced(driven);
    store.getState().setSpeed(Infinity);
    expect(asked.slice(-1)).toEqual(["resume"]);
    store.getState().setSpeed(4);
    expect(asked.slice(-1)).toEqual(["pause"]);
    say({ type: "paused", run: 1, stepCount: 3 });
    store.getState().advanceClock(10);
    expect(asked.slice(-1)).toEqual(["advance 1"]);
  });
});

function startPaced(page: DrivenPage): void {
  startLive(page);
  page.say({ type: "paused", run: 1, stepCount: 0 });
}
