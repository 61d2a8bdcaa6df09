// A deck walked without a page: its run is a drawn one, recorded or told by a driven engine, and the test moves the clock.
import { beforeEach, describe, expect, it } from "vitest";
import { noLaneComparison } from "../../settings/lanes";
import type { Choices } from "../../settings/settings";
import { deckMoment, type DeckMoment } from "../../state/deck";
import { drivePage, recorded, sayReady, saySteps, sayStarted, type DrivenPage } from "../../state/drivePage.testing";
import { momentOf } from "../../state/openedLink";
import { stateOfRuns } from "../../state/recipe";
import type { Trace } from "../../trace/trace";
import { createWalk, type Walk } from "./walk";

let driven: DrivenPage;
let walk: Walk;
let loaded: string[];
let isMoving: boolean;

/** What the recordings hold, besides the run on screen. */
let stored: readonly Trace[];

beforeEach(async () => {
  driven = drivePage({ isMotionWelcome: false });
  await driven.store.getState().openRecordedRuns();
  loaded = [];
  isMoving = true;
  stored = [recorded];
  walk = createWalk(driven.store, {
    loadRun({ id }) {
      loaded.push(id);
      return Promise.resolve(stored);
    },
    isMotionWelcome: () => isMoving,
    wait: () => Promise.resolve(),
  });
});

/** The experiment of the recorded run. */
const { choices: recordedChoices } = stateOfRuns([recorded.header], "walk-5x6-1");

function momentAt(step: number, choices: Choices = recordedChoices): DeckMoment {
  const moment = { ...momentOf(driven.store.getState()), step, layer: 0, kvHead: 0 };
  return deckMoment({
    title: `Step ${step}`,
    shows: "watch",
    choices,
    comparison: noLaneComparison,
    revision: null,
    moment,
  });
}

function useDeck(...moments: readonly DeckMoment[]): void {
  driven.store.getState().openDeck({ title: "", moments });
}

/** Lets what was promised happen. */
async function settle(): Promise<void> {
  for (let times = 0; times < 20; times++) await Promise.resolve();
}

describe("a walk through a deck", () => {
  it("plays from one moment of a run to the next", async () => {
    useDeck(momentAt(0), momentAt(4));
    driven.store.getState().moveTo(0);
    walk.goTo(1);
    await settle();
    const { store } = driven;
    expect(store.getState()).toMatchObject({ isPlaying: true, momentPlace: 1 });
    const steps = Array.from({ length: 6 }, () => {
      store.getState().advanceClock(100);
      return store.getState().shownStep;
    });
    expect(steps).toEqual([0, 1, 3, 4, 4, 4]);
    expect(store.getState().isPlaying).toBe(false);
    expect(walk.state.getState()).toEqual({ isAtMoment: true, card: null });
  });

  it("cuts where motion is unwanted", async () => {
    isMoving = false;
    useDeck(momentAt(0), momentAt(3));
    walk.goTo(1);
    await settle();
    expect(driven.store.getState()).toMatchObject({ isPlaying: false, shownStep: 3, focusLayer: 0 });
  });

  it("stays where it is beyond the ends", async () => {
    useDeck(momentAt(2));
    walk.goTo(1);
    walk.goTo(-1);
    await settle();
    expect(driven.store.getState().momentPlace).toBe(null);
  });

  it("runs live what no recording holds, behind a card, and goes to the step once it is there", async () => {
    const { store, asked } = driven;
    useDeck(momentAt(0), momentAt(2, { problem: "text", promptText: "The cat sat", policyId: "snapKv" }));
    const pace = store.getState().stepsPerSecond;
    walk.goTo(1);
    await settle();
    expect(walk.state.getState().card).toEqual({ source: "live", hasFailed: false });
    expect(asked[0]).toMatch(/^load First/);
    expect(store.getState().stepsPerSecond).toBe(Infinity);
    driven.say({ type: "failed", run: null, message: "The model could not be loaded." });
    await settle();
    expect(walk.state.getState().card).toEqual({ source: "live", hasFailed: true });
    expect(store.getState().stepsPerSecond).toBe(pace);
  });

  it("keeps a live run that has ended, and comes back to it without the engine", async () => {
    const { store, asked } = driven;
    const other = momentAt(1, { policyId: "snapKv" });
    useDeck(momentAt(1), other, momentAt(3));
    store.getState().chooseState({ choices: recordedChoices, comparison: noLaneComparison });
    store.getState().run("run");
    sayReady(driven);
    sayStarted(driven);
    saySteps(driven, 0, 5);
    driven.say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
    driven.drawFrame();
    stored = [];
    walk.goTo(0);
    walk.goTo(1);
    await settle();
    const askedCount = asked.length;
    walk.goTo(2);
    await settle();
    expect(store.getState()).toMatchObject({ momentPlace: 2, origin: "recorded", shownStep: 3 });
    expect(asked.slice(askedCount)).toEqual(["stop"]);
  });

  it("gives way to a later wish", async () => {
    useDeck(momentAt(0), momentAt(2, { policyId: "snapKv" }), momentAt(4));
    walk.goTo(1);
    walk.goTo(2);
    await settle();
    expect(driven.store.getState().momentPlace).toBe(2);
    expect(walk.state.getState().card).toBe(null);
  });
});
