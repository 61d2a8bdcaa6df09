import { describe, expect, it } from "vitest";
import { drivePage, sayReady, saySteps, sayStarted, startLive } from "../../state/drivePage.testing";
import { stageLesson } from "./stageLesson";

const stage = { at: "step:2,layer:0,head:0,pin:1", plays: false, views: {} };

describe("the stage of a lesson", () => {
  it("shows a recorded run at its moment, at rest", async () => {
    const { store } = drivePage();
    await store.getState().openRecordedRuns();
    await stageLesson(store, { ...stage, recording: "first" }, () => true);
    expect(store.getState()).toMatchObject({ shownStep: 2, pinnedPosition: 1, isPlaying: false, origin: "recorded" });
  });

  it("plays from its moment if the lesson says so", async () => {
    const { store } = drivePage();
    await store.getState().openRecordedRuns();
    await stageLesson(store, { ...stage, recording: "first", plays: true }, () => true);
    expect(store.getState()).toMatchObject({ shownStep: 2, isPlaying: true });
  });

  it("runs what isn't recorded, and goes to its moment once the run has come that far", async () => {
    const page = drivePage();
    await page.store.getState().openRecordedRuns();
    await stageLesson(page.store, { ...stage, recipe: "B=64" }, () => true);
    expect(page.asked).toEqual(["load First auto"]);
    sayReady(page);
    expect(page.recipes[0].parameters.budgetSlots).toBe(64);
    sayStarted(page);
    saySteps(page, 0, 4);
    page.drawFrame();
    expect(page.store.getState()).toMatchObject({ origin: "live", shownStep: 2, pinnedPosition: 1 });
  });

  it("waits for that run where another live run is still on screen", async () => {
    const page = startLive(drivePage());
    saySteps(page, 0, 4);
    page.say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
    await stageLesson(page.store, { ...stage, recipe: "B=64" }, () => true);
    expect(page.store.getState()).toMatchObject({ shownStep: 3, pinnedPosition: null, wantedMoment: { step: 2 } });
    sayStarted(page);
    saySteps(page, 0, 4);
    page.drawFrame();
    expect(page.store.getState()).toMatchObject({ shownStep: 2, pinnedPosition: 1, wantedMoment: null });
  });

  it("closes the decision that was watched before, and keeps what the reader chose in other panels", async () => {
    const { store } = drivePage();
    await store.getState().openRecordedRuns();
    store.getState().setViews({ map: { axis: "slot" }, score: { beat: 3 } });
    await stageLesson(store, { ...stage, recording: "first", views: { text: { heads: "focus" } } }, () => true);
    expect(store.getState().views).toEqual({ map: { axis: "slot" }, text: { heads: "focus" } });
  });

  it("says which recorded runs there are if it asks for another", async () => {
    const { store } = drivePage();
    await store.getState().openRecordedRuns();
    await stageLesson(store, { ...stage, recording: "second" }, () => true);
    expect(store.getState().notices.at(-1)?.text).toBe(
      "The lesson asks for the recorded run “second”; there are first, other.",
    );
  });
});
