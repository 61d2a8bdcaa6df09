import { beforeEach, describe, expect, it } from "vitest";
import { MOST_LANES as MOST_OF_ENGINE } from "../engine/protocol";
import { MOST_LANES } from "../settings/lanes";
import { drivePage, drivenTrace, sayReady, saySteps, sayStarted, type DrivenPage } from "./drivePage.testing";
import { laneOnStage, laneStep } from "./shownRuns";

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
});

function startTwoLanes(): DrivenPage {
  driven.store.getState().compare({ others: [{ policyId: "snapKv" }], isForced: false });
  driven.store.getState().run("run");
  sayReady(driven);
  for (const lane of [0, 1]) sayStarted(driven, lane);
  return driven;
}

describe("a run of two lanes", () => {
  it("asks the engine for both policies with one budget", () => {
    driven.store.getState().choose("budgetSlots", 48);
    startTwoLanes();
    expect(driven.recipes.map(({ policyId, parameters }) => [policyId, parameters.budgetSlots])).toEqual([
      ["gkv", 48],
      ["snapKv", 48],
    ]);
  });

  it("is shown once each lane has a step, and follows the longest", () => {
    const { store, drawFrame } = startTwoLanes();
    saySteps(driven, 0, 1, 0);
    drawFrame();
    expect(store.getState().lanes).toEqual([]);
    saySteps(driven, 0, 1, 1);
    saySteps(driven, 1, 2, 0);
    drawFrame();
    expect(store.getState()).toMatchObject({ stepCount: 2, shownStep: 1, stageLane: 0 });
    expect(store.getState().lanes.map(({ stepCount }) => stepCount)).toEqual([2, 1]);
  });

  it("ends when each lane has, and is shown beyond the end of the shorter one", () => {
    const { store, say, drawFrame } = startTwoLanes();
    for (const lane of [0, 1]) saySteps(driven, 0, 2, lane);
    say({ type: "done", run: 1, lane: 1, reason: "stopToken" });
    saySteps(driven, 2, 5, 0);
    drawFrame();
    expect(store.getState()).toMatchObject({ runStatus: "running", shownStep: 4 });
    say({ type: "done", run: 1, lane: 0, reason: "length" });
    expect(store.getState()).toMatchObject({ runStatus: "ended" });
    store.getState().showLane(1);
    const lane = laneOnStage(store.getState());
    expect([lane?.end, lane && laneStep(lane, store.getState().shownStep)]).toEqual(["stopToken", 1]);
  });

  it("keeps the lane on the stage while the run grows, and one that there is in the next run", () => {
    const { store, drawFrame } = startTwoLanes();
    for (const lane of [0, 1]) saySteps(driven, 0, 1, lane);
    drawFrame();
    store.getState().showLane(1);
    store.getState().showLane(2);
    for (const lane of [0, 1]) saySteps(driven, 1, 2, lane);
    drawFrame();
    expect(store.getState().stageLane).toBe(1);
    store.getState().compare({ others: [], isForced: false });
    store.getState().run("run");
    sayStarted(driven, 0);
    saySteps(driven, 0, 1, 0);
    drawFrame();
    expect(store.getState()).toMatchObject({ stageLane: 0, stepCount: 1 });
    expect(laneOnStage(store.getState())?.trace.header).toBe(drivenTrace.header);
  });
});

it("may have as many lanes as the engine steps together", () => {
  expect(MOST_LANES).toBe(MOST_OF_ENGINE);
});
