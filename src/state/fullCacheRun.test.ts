import { beforeEach, describe, expect, it } from "vitest";
import {
  drivePage,
  drivenTrace,
  sayReady,
  sayStarted,
  saySteps,
  startLive,
  type DrivenPage,
} from "./drivePage.testing";
import { OWN_TEXT } from "../settings/settings";

const { header, steps } = drivenTrace;

let driven: DrivenPage;
/** A live run of the drawn prompt is on the stage, and has ended. */
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().choose("problem", OWN_TEXT);
  driven.store.getState().choose("promptText", header.promptText);
  startLive(driven);
  saySteps(driven, 0, steps.length);
  driven.say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
});

function sayWhole({ background }: DrivenPage, reason: "length" | "stopToken" = "length"): void {
  sayReady({ ...driven, say: background.say });
  sayStarted({ ...driven, say: background.say });
  for (const record of steps.slice(0, 2)) background.say({ type: "step", run: 1, lane: 0, record, eviction: null });
  background.say({ type: "done", run: 1, lane: 0, reason });
}

describe("the run with nothing evicted", () => {
  it("goes as far as it is asked, with attention, on a worker of its own that is gone afterwards", () => {
    const { store, background } = driven;
    store.getState().runFullCache(1);
    sayWhole(driven);
    expect(background.asked).toEqual(["load First cpu", "start", "dispose"]);
    expect(background.recipes).toMatchObject([
      { promptText: header.promptText, policyId: "fullCache", maxNewTokens: 2, hasTaps: true, isCompared: false },
    ]);
    expect(store.getState().fullCacheRun?.steps.length).toBe(2);
  });

  it("is fed the tokens of the run up to there, so that both stay side by side", () => {
    driven.store.getState().runFullCache(2);
    sayWhole(driven);
    expect(driven.background.fed).toEqual([steps.slice(0, 2).map(({ token }) => token)]);
    expect(driven.store.getState().isFullCacheRunning).toBe(false);
  });

  it("is not computed twice", () => {
    const { store, background } = driven;
    store.getState().runFullCache(1);
    store.getState().runFullCache(1);
    sayWhole(driven);
    store.getState().runFullCache(0);
    expect(background.asked).toEqual(["load First cpu", "start", "dispose"]);
  });

  it("is not asked to go further than its own end", () => {
    const { store, background } = driven;
    store.getState().runFullCache(3);
    sayWhole(driven, "stopToken");
    store.getState().runFullCache(3);
    expect(background.asked).toEqual(["load First cpu", "start", "dispose"]);
  });

  it("is computed again for another model", () => {
    const { store, background } = driven;
    store.getState().runFullCache(1);
    sayWhole(driven);
    const [lane] = store.getState().lanes;
    const model = { ...header.model, id: "second" };
    store.setState({ lanes: [{ ...lane, trace: { ...lane.trace, header: { ...header, model } } }] });
    store.getState().runFullCache(1);
    expect(background.asked).toEqual(["load First cpu", "start", "dispose", "load Second cpu"]);
  });

  it("is left alone where another prompt is chosen", () => {
    const { store, background } = driven;
    store.getState().choose("promptText", "Another text");
    store.getState().runFullCache(1);
    expect(background.asked).toEqual([]);
    expect(store.getState().fullCacheRun).toBeNull();
  });

  it("says nothing where the engine fails", () => {
    const { store, background } = driven;
    store.getState().runFullCache(1);
    background.say({ type: "failed", run: null, message: "no memory" });
    expect(background.asked).toEqual(["load First cpu", "dispose"]);
    expect(store.getState()).toMatchObject({ fullCacheRun: null, notices: [] });
  });
});
