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
import { broughtReference } from "./brought";
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

  it("is not computed on another model than the run's", () => {
    const { store, background } = driven;
    const [lane] = store.getState().lanes;
    const model = { ...header.model, id: "elsewhere" };
    store.setState({ lanes: [{ ...lane, trace: { ...lane.trace, header: { ...header, model } } }] });
    expect(store.getState().runFullCache(1)).toMatch("The model is not in this browser.");
    expect(background.asked).toEqual([]);
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

  describe("of a model that was brought", () => {
    const idOfBytes = (bytes: number): string => `file:${"ab".repeat(32)}:${bytes}:Q8_0:2x2x1x16:1000000`;
    /** The run on the stage as one of a brought model of this size. */
    const bring = (bytes: number, hasFiles = true): string => {
      const { store } = driven;
      const id = idOfBytes(bytes);
      const reference = {
        ...broughtReference(id, "Mine"),
        files: hasFiles ? [{ path: "m.gguf", blob: new Blob() }] : [],
      };
      const speech = { template: null, bosToken: "", eosToken: "", addsBos: false, specials: [], generation: {} };
      if (hasFiles) store.getState().bring({ id, label: "Mine", reference, speech });
      const [lane] = store.getState().lanes;
      store.setState({
        lanes: [{ ...lane, trace: { ...lane.trace, header: { ...header, model: { ...header.model, id } } } }],
      });
      return id;
    };

    it("is computed on the CPU from the files at hand", () => {
      bring(98e6);
      expect(driven.store.getState().runFullCache(1)).toBeNull();
      expect(driven.background.asked).toEqual(["load Mine cpu"]);
    });

    it("says why not where the model is too large to be loaded twice, or not here", () => {
      bring(4e9);
      expect(driven.store.getState().runFullCache(1)).toMatch(/4\.0 GB more memory/);
      bring(98e6, false);
      driven.store.setState({ brought: [] });
      expect(driven.store.getState().runFullCache(1)).toMatch(/not in this browser/);
      expect(driven.background.asked).toEqual([]);
    });
  });
});
