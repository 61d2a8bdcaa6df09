import { beforeEach, describe, expect, it } from "vitest";

import type { Trace } from "../trace/trace";
import { drivePage, recorded, startLive } from "./drivePage.testing";
import type { DrivenPage } from "./drivePage.testing";
import { packedLink } from "./sharedLink";

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
});

describe("a recorded run", () => {
  it("plays from its start before the engine is asked for", async () => {
    const { store, asked } = driven;
    await store.getState().openRecordedRuns();
    expect(store.getState()).toMatchObject({
      lanes: [{ trace: recorded }],
      origin: "recorded",
      shownStep: 0,
      isPlaying: true,
    });
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

describe("a recorded run that takes its time", () => {
  const other = { ...recorded };
  let arrive: (traces: readonly Trace[]) => void;
  beforeEach(async () => {
    let isFirst = true;
    driven = drivePage({
      loadRecording: ({ id }) => {
        if (isFirst || id === "other") return Promise.resolve([isFirst ? recorded : other]);
        return new Promise((resolve) => (arrive = resolve));
      },
    });
    await driven.store.getState().openRecordedRuns();
    isFirst = false;
  });
  const shown = () => driven.store.getState().lanes[0].trace;

  it("is not shown in place of one that was asked for later", async () => {
    const { showRecordedRun } = driven.store.getState();
    const first = showRecordedRun("first");
    await showRecordedRun("other");
    expect(driven.store.getState().isRecordedRunLoading).toBe(true);
    arrive([recorded]);
    await first;
    expect(shown()).toBe(other);
    expect(driven.store.getState()).toMatchObject({ recordedId: "other", isRecordedRunLoading: false });
  });

  it("is not shown in place of a run from a file, nor does it take its settings", async () => {
    const { showRecordedRun, showTrace } = driven.store.getState();
    const first = showRecordedRun("first");
    showTrace({ ...other, header: { ...other.header, policyId: "snapKv" } });
    arrive([recorded]);
    await first;
    expect(shown().header.policyId).toBe("snapKv");
    expect(driven.store.getState().choices.policyId).toBe("snapKv");
  });

  it("does not take the settings of a link that was opened later", async () => {
    const first = driven.store.getState().showRecordedRun("first");
    await driven.store.getState().openLink("#v4&policy=snapKv");
    arrive([recorded]);
    await first;
    expect(driven.store.getState().choices.policyId).toBe("snapKv");
  });

  it("is not replaced by a packed link that was opened before it and takes longer to read", async () => {
    const { showRecordedRun, openLink } = driven.store.getState();
    const opened = openLink(await packedLink("#v4&policy=snapKv"));
    const first = showRecordedRun("first");
    arrive([recorded]);
    await Promise.all([opened, first]);
    expect(driven.store.getState().choices.policyId).toBeUndefined();
  });

  it("does not end a live run that was asked for later", async () => {
    const first = driven.store.getState().showRecordedRun("first");
    startLive(driven);
    arrive([recorded]);
    await first;
    expect(driven.asked).not.toContain("stop");
    expect(driven.store.getState().runStatus).toBe("running");
  });
});

it("does not show the first recorded run in place of a file that was opened before it came", async () => {
  const { store } = driven;
  const file = { ...recorded };
  const listed = store.getState().openRecordedRuns();
  store.getState().showTrace(file);
  await listed;
  expect(store.getState().lanes[0].trace).toBe(file);
});

it("lists what a link could not set, once", async () => {
  const { store } = driven;
  await store.getState().openLink("#v2&B=lots");
  await store.getState().openLink("#v2&B=lots");
  expect(store.getState().notices).toHaveLength(1);
});

it.each([
  ["maze", /^Problem: “maze” is not an id such as walk-5x20-4.*; walk-5x20-1 is used\.$/],
  ["walk-99x20-1", /^Problem: the problem walk-99x20-1 cannot be drawn: .*; walk-5x20-1 is used\.$/],
  ["walk-05x20-1", /^Problem: “walk-05x20-1” is not an id/],
])("falls back to the first problem where a link names %s, and says so", async (id, complaint) => {
  const { store } = driven;
  await store.getState().openLink(`#v2&problem=${id}&B=64`);
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

describe("runs out of files", () => {
  it("stand side by side and bring their settings along, but for the machine", () => {
    const { store } = driven;
    store.getState().choose("backend", "cpu");
    const other = { ...recorded, header: { ...recorded.header, policyId: "snapKv" } };
    store.getState().showTraces([recorded, other]);
    const { lanes, choices, comparison, origin } = store.getState();
    expect(lanes.map(({ trace }) => trace)).toEqual([recorded, other]);
    expect(origin).toBe("recorded");
    expect(choices).toMatchObject({ backend: "cpu", promptText: recorded.header.promptText });
    expect(comparison.others.map(({ policyId }) => policyId)).toEqual(["snapKv"]);
  });
});
