// Panel Merges asks what an event did to later queries: an engine of its own answers, and the page keeps what it said.
import { beforeEach, expect, it, vi } from "vitest";
import { OWN_TEXT } from "../settings/settings";
import type { MergeAftermath } from "../trace/merges";
import type { EvictionEvent } from "../trace/trace";
import { drivePage, drivenTrace, sayReady, saySteps, startLive, type DrivenPage } from "./drivePage.testing";
import { laneOnStage } from "./shownRuns";

const { header, steps, events } = drivenTrace;
const figures: MergeAftermath = { step: events[0].step, changes: [] };

let driven: DrivenPage;
/** A live run of the drawn prompt is on the stage, and has ended. */
beforeEach(async () => {
  driven = drivePage();
  driven.store.getState().choose("problem", OWN_TEXT);
  driven.store.getState().choose("promptText", header.promptText);
  startLive(driven);
  saySteps(driven, 0, steps.length);
  driven.say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
  await measure(0);
});

function eventOf(place: number): EvictionEvent {
  const event = laneOnStage(driven.store.getState())?.trace.events[place];
  if (event === undefined) throw new Error(`there is no event ${place}`);
  return event;
}

/** The code behind it loads when it is first asked for. */
async function measure(event: number): Promise<void> {
  const state = driven.store.getState();
  state.measureAftermath(eventOf(event));
  await vi.dynamicImportSettled();
}

it("repeats the run on an engine of its own, on the CPU, and closes it once it has answered", () => {
  const { store, background } = driven;
  const event = eventOf(0);
  expect(store.getState().aftermathOf).toBe(event);
  sayReady({ ...driven, say: background.say });
  expect(background.asked).toEqual(["load First cpu", "aftermath of event 0"]);
  expect(background.recipes).toMatchObject([{ promptText: header.promptText, hasTaps: false, isCompared: false }]);
  background.say({ type: "aftermath", run: 1, aftermath: figures });
  expect(background.asked.at(-1)).toBe("dispose");
  expect(store.getState()).toMatchObject({ aftermath: { event, figures }, aftermathOf: null, aftermathFailure: null });
});

it("repeats nothing on another model than the run's", async () => {
  const { store, background } = driven;
  const [lane] = store.getState().lanes;
  const model = { ...header.model, id: "elsewhere" };
  store.setState({ lanes: [{ ...lane, trace: { ...lane.trace, header: { ...header, model } } }] });
  await measure(1);
  expect(background.asked).toEqual(["load First cpu", "dispose"]);
  expect(store.getState()).toMatchObject({
    aftermathOf: null,
    aftermathFailure: "The model is not in this browser. Open Models to bring it.",
  });
});

it("drops the event before when another is asked for, and asks once for the same", async () => {
  const { store, background } = driven;
  await measure(0);
  expect(background.asked).toEqual(["load First cpu"]);
  await measure(1);
  expect(background.asked).toEqual(["load First cpu", "dispose", "load First cpu"]);
  sayReady({ ...driven, say: background.say });
  expect(background.asked.at(-1)).toBe("aftermath of event 1");
  expect(store.getState().aftermathOf?.event).toBe(1);
});

it("says why it failed, and nothing of it once another is asked for", async () => {
  const { store, background } = driven;
  background.say({ type: "failed", run: null, message: "It merges nothing." });
  expect(store.getState()).toMatchObject({
    aftermath: null,
    aftermathOf: null,
    aftermathFailure: "It merges nothing.",
  });
  await measure(1);
  expect(store.getState().aftermathFailure).toBeNull();
});
