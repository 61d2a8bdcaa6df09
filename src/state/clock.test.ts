import { beforeEach, describe, expect, it } from "vitest";
import { drivePage, saySteps, startLive, type DrivenPage } from "./drivePage.testing";

// A run of five steps with events at steps 1 and 4.
let driven: DrivenPage;
beforeEach(async () => {
  driven = drivePage({ isMotionWelcome: false });
  await driven.store.getState().openRecordedRuns();
  driven.store.getState().setSpeed(10);
  driven.store.getState().go("explore");
});

/** The steps on show after each tenth of a second. */
function shownSteps(tickCount: number): readonly number[] {
  return Array.from({ length: tickCount }, () => {
    driven.store.getState().advanceClock(100);
    return driven.store.getState().shownStep;
  });
}

describe("playing backwards", () => {
  it("stops at the first step", () => {
    driven.store.getState().reversePause();
    expect(driven.store.getState()).toMatchObject({ isPlaying: true, playDirection: -1 });
    expect(shownSteps(5)).toEqual([3, 2, 1, 0, 0]);
    expect(driven.store.getState().isPlaying).toBe(false);
  });

  it("begins at the last step where the first is on show", () => {
    driven.store.getState().moveTo(0);
    driven.store.getState().reversePause();
    expect(driven.store.getState().shownStep).toBe(4);
  });

  it("is held by its own key and by the one that plays", () => {
    const { reversePause, playPause } = driven.store.getState();
    reversePause();
    reversePause();
    expect(driven.store.getState().isPlaying).toBe(false);
    reversePause();
    playPause();
    expect(driven.store.getState().isPlaying).toBe(false);
    playPause();
    expect(driven.store.getState()).toMatchObject({ isPlaying: true, playDirection: 1 });
  });
});

describe("a range that repeats", () => {
  it("goes round forwards", () => {
    const { loopSteps, moveTo, play } = driven.store.getState();
    loopSteps({ from: 1, to: 3 });
    moveTo(2);
    play();
    expect(shownSteps(5)).toEqual([3, 1, 2, 3, 1]);
    expect(driven.store.getState().isPlaying).toBe(true);
  });

  it("goes round backwards", () => {
    const { loopSteps, moveTo, play } = driven.store.getState();
    loopSteps({ from: 1, to: 3 });
    moveTo(2);
    play(-1);
    expect(shownSteps(4)).toEqual([1, 3, 2, 1]);
  });

  it("is entered at its end by what stands outside, and left by a move", () => {
    const { loopSteps, moveTo, play } = driven.store.getState();
    loopSteps({ from: 1, to: 3 });
    play();
    expect(driven.store.getState().shownStep).toBe(1);
    moveTo(4);
    expect(driven.store.getState()).toMatchObject({ shownStep: 4, loopRange: { from: 1, to: 3 } });
    play(-1);
    expect(driven.store.getState().shownStep).toBe(3);
  });

  it("is put in order, kept within the run and dropped where it has one step", () => {
    const { loopSteps } = driven.store.getState();
    loopSteps({ from: 9, to: 2 });
    expect(driven.store.getState().loopRange).toEqual({ from: 2, to: 4 });
    loopSteps({ from: 2, to: 2 });
    expect(driven.store.getState().loopRange).toBeNull();
  });

  it("takes its ends from the step on show, by keys", () => {
    const { loopFromHere, moveTo } = driven.store.getState();
    moveTo(1);
    loopFromHere("from");
    expect(driven.store.getState().loopRange).toEqual({ from: 1, to: 4 });
    moveTo(3);
    loopFromHere("to");
    expect(driven.store.getState().loopRange).toEqual({ from: 1, to: 3 });
  });

  it("spans the interval between two events, once asked, and none when asked again", () => {
    const { loopInterval, moveTo } = driven.store.getState();
    moveTo(2);
    loopInterval();
    expect(driven.store.getState().loopRange).toEqual({ from: 1, to: 4 });
    loopInterval();
    expect(driven.store.getState().loopRange).toBeNull();
  });

  it("ends with the run that it is about", async () => {
    const { loopSteps, showSteps, showRecordedRun } = driven.store.getState();
    loopSteps({ from: 1, to: 3 });
    showSteps({ from: 1, to: 4 });
    driven.store.setState({ lanes: [] });
    await showRecordedRun("first");
    expect(driven.store.getState()).toMatchObject({ loopRange: null, visibleSteps: null });
  });
});

describe("a live run", () => {
  it("follows its head, is left by playing backwards, and comes back", () => {
    const { store, drawFrame } = startLive(driven);
    saySteps(driven, 0, 3);
    drawFrame();
    expect(store.getState()).toMatchObject({ isFollowing: true, shownStep: 2 });
    store.getState().reversePause();
    saySteps(driven, 3, 4);
    drawFrame();
    expect(store.getState()).toMatchObject({ isFollowing: false, isPlaying: true, stepCount: 4 });
    expect(shownSteps(3)).toEqual([1, 0, 0]);
    expect(store.getState().isFollowing).toBe(false);
    store.getState().backToLive();
    expect(store.getState()).toMatchObject({ isFollowing: true, shownStep: 3 });
  });

  it("is followed again once playing forwards has caught up", () => {
    const { store, drawFrame } = startLive(driven);
    saySteps(driven, 0, 3);
    drawFrame();
    store.getState().moveTo(0);
    store.getState().play();
    expect(shownSteps(2)).toEqual([1, 2]);
    expect(store.getState()).toMatchObject({ isPlaying: false, isFollowing: true });
  });
});

describe("gliding to a step", () => {
  it("takes the time that it is given, slow at both ends, and stops there", () => {
    driven.store.getState().moveTo(0);
    driven.store.getState().glideTo(4, 800);
    expect(driven.store.getState()).toMatchObject({ isPlaying: true, playDirection: 1 });
    expect(shownSteps(8)).toEqual([0, 1, 1, 2, 3, 3, 4, 4]);
    expect(driven.store.getState().isPlaying).toBe(false);
  });

  it("goes backwards too, and gives way to playing as usual", () => {
    driven.store.getState().glideTo(0, 400);
    expect(shownSteps(2)).toEqual([3, 2]);
    driven.store.getState().playPause();
    driven.store.getState().playPause();
    expect(shownSteps(2)).toEqual([3, 4]);
  });
});

describe("in Watch", () => {
  beforeEach(() => {
    driven.store.getState().go("watch");
    driven.store.getState().moveTo(0);
  });

  it("stays at an event while its decision is told, and passes over it when asked to", () => {
    const { store } = driven;
    store.getState().play();
    shownSteps(10);
    expect(store.getState()).toMatchObject({ shownStep: 1, isPlaying: true });
    expect(store.getState().decisionPhase).toBeGreaterThan(0.1);
    store.getState().slowAtDecisions(false);
    shownSteps(4);
    expect(store.getState()).toMatchObject({ shownStep: 4, decisionPhase: 1 });
  });

  it("waits while someone looks", () => {
    const { store } = driven;
    store.getState().playDecision(1);
    shownSteps(3);
    const { decisionPhase } = store.getState();
    store.getState().hold(true);
    shownSteps(3);
    expect(store.getState().decisionPhase).toBe(decisionPhase);
    store.getState().hold(false);
    shownSteps(1);
    expect(store.getState().decisionPhase).toBeGreaterThan(decisionPhase);
  });

  it("runs a decision backwards", () => {
    const { store } = driven;
    store.getState().playDecision(1);
    shownSteps(5);
    const { decisionPhase } = store.getState();
    store.getState().reversePause();
    shownSteps(1);
    expect(store.getState().decisionPhase).toBeLessThan(decisionPhase);
    shownSteps(20);
    expect(store.getState()).toMatchObject({ shownStep: 0, decisionPhase: 1, isPlaying: false });
  });

  it("steps through the beats of a decision, which any other move shows told", () => {
    const { store } = driven;
    store.getState().moveBy(1);
    expect(store.getState().shownStep).toBe(1);
    const { decisionPhase } = store.getState();
    expect(decisionPhase).toBeLessThan(0.5);
    store.getState().moveBy(1);
    expect(store.getState().shownStep).toBe(1);
    expect(store.getState().decisionPhase).toBeGreaterThan(decisionPhase);
    store.getState().moveTo(4);
    expect(store.getState().decisionPhase).toBe(1);
  });
});
