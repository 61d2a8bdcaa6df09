import { beforeEach, describe, expect, it } from "vitest";
import { encodeLink } from "../settings/link";
import type { Choices } from "../settings/settings";
import { proveRun } from "../trace/proof/proof";
import { encodeProof } from "../trace/proof/proofText";
import { drivePage, drivenTrace, saySteps, startLive, type DrivenPage } from "./drivePage.testing";
import { proveFed } from "../trace/proof/fedProof";
import { encodeFedProof } from "../trace/proof/fedProofText";
import { momentTexts } from "./moment";
import { packedLink } from "./sharedLink";
import { stateOfRuns } from "./recipe";
import { momentOf } from "./openedLink";

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage({ isMotionWelcome: false });
  driven.store.getState().setSpeed(Infinity);
});

const proofs = [encodeProof(proveRun(drivenTrace))];
const open = (fragment: string, mayStart = true): Promise<void> =>
  driven.store.getState().openLink(`#${fragment}`, mayStart);
const notices = (): readonly string[] => driven.store.getState().notices.map(({ text }) => text);

describe("a link", () => {
  it("sets settings and lanes in either form, and the older of two that are opened at once gives way", async () => {
    const plain = encodeLink({
      choices: { budgetSlots: 64 },
      comparison: { others: [{ policyId: "random" }], isForced: true },
    });
    const first = open(await packedLink(encodeLink({ choices: { budgetSlots: 32 } })));
    await open(await packedLink(plain));
    await first;
    const { choices, comparison } = driven.store.getState();
    expect([choices, comparison]).toEqual([{ budgetSlots: 64 }, { others: [{ policyId: "random" }], isForced: true }]);
  });

  it("opens a lesson in Learn, whose runs it leaves to the lesson", async () => {
    driven.store.getState().choose("budgetSlots", 64);
    await open("v4&lesson=2:3");
    const { way, lesson, choices } = driven.store.getState();
    expect({ way, lesson, choices }).toEqual({
      way: "learn",
      lesson: { lesson: "2", part: 2 },
      choices: { budgetSlots: 64 },
    });
  });

  it("replays the run that it vouches for when that is cheap, and says otherwise why not", async () => {
    await open(encodeLink({ choices: {}, proofs }));
    expect(driven.asked).toEqual(["load First auto"]);
    await open(encodeLink({ choices: { maxNewTokens: 4096, isCompared: true }, proofs }));
    expect(driven.asked).toHaveLength(1);
    expect(notices().join()).toContain("up to 4,096 tokens");
  });

  it("starts nothing without a proof, nor where the page may not", async () => {
    await open(encodeLink({ choices: { budgetSlots: 64 } }));
    await open(encodeLink({ choices: {}, proofs }), false);
    expect(driven.asked).toEqual([]);
  });

  it("can be taken back", async () => {
    const { choose, undo, redo } = driven.store.getState();
    choose("budgetSlots", 64);
    await open("v3&B=32");
    choose("budgetSlots", 16);
    const budgets = [undo, undo, undo, undo, redo, redo].map((step) => {
      step();
      return driven.store.getState().choices.budgetSlots;
    });
    expect(budgets).toEqual([32, 64, undefined, undefined, 64, 32]);
  });
});

describe("the moment of a link", () => {
  const moment = (step: number): string => {
    const at = momentOf({ ...driven.store.getState(), shownStep: step, focusLayer: 0, pinnedPosition: 1 });
    return encodeLink({ choices: {}, proofs, moment: momentTexts({ ...at, views: { text: { heads: "focus" } } }) });
  };

  it("is gone to once the run has come that far, and is then left to the reader", async () => {
    await open(moment(2));
    startLive(driven);
    const { store, drawFrame } = driven;
    saySteps(driven, 0, 2);
    drawFrame();
    expect(store.getState()).toMatchObject({ shownStep: 1, isFollowing: true });
    saySteps(driven, 2, 4);
    drawFrame();
    expect(store.getState()).toMatchObject({ shownStep: 2, isFollowing: false, pinnedPosition: 1, wantedMoment: null });
    expect(store.getState().views).toEqual({ text: { heads: "focus" } });
    saySteps(driven, 4, 5);
    drawFrame();
    expect(store.getState()).toMatchObject({ shownStep: 2, stepCount: 5 });
  });

  it("becomes the last step of a run that ended before it", async () => {
    await open(moment(90));
    startLive(driven);
    saySteps(driven, 0, 5);
    driven.say({ type: "done", run: 1, lane: 0, reason: "stopToken" });
    expect(driven.store.getState()).toMatchObject({ shownStep: 4, wantedMoment: null });
  });

  it("is forgotten when something else is chosen", async () => {
    await open(moment(2));
    driven.store.getState().choose("budgetSlots", 32);
    expect(driven.store.getState()).toMatchObject({ wantedMoment: null, promisedProofs: [] });
  });

  describe("of a recorded run", () => {
    const show = (): Promise<void> => driven.store.getState().openRecordedRuns();
    /** A link to the recorded run that the page has, with these further settings. */
    const recordedMoment = async (further: Choices = {}): Promise<string> => {
      const { store } = drivePage({ isMotionWelcome: false });
      await store.getState().openRecordedRuns();
      const { lanes, problem } = store.getState();
      const { choices, comparison } = stateOfRuns(
        lanes.map(({ trace }) => trace.header),
        problem?.id ?? null,
      );
      const at = momentOf({ ...store.getState(), shownStep: 1, pinnedPosition: 1 });
      return encodeLink({ choices: { ...choices, ...further }, comparison, proofs, moment: momentTexts(at) });
    };
    const there = { shownStep: 1, pinnedPosition: 1, isPlaying: false, wantedMoment: null };

    it("is gone to at once, whether the run or the link comes first", async () => {
      await show();
      await open(await recordedMoment(), false);
      expect(driven.store.getState()).toMatchObject({ ...there, origin: "recorded" });
      driven = drivePage();
      await open(await recordedMoment({ backend: "cpu", isCompared: true }), false);
      await show();
      expect(driven.store.getState()).toMatchObject({ ...there, origin: "recorded" });
    });

    it("waits where the link asks for another run, or for one that starts by itself", async () => {
      await show();
      const { shownStep } = driven.store.getState();
      await open(await recordedMoment({ budgetSlots: 7 }), false);
      expect(driven.store.getState()).toMatchObject({ shownStep, pinnedPosition: null, wantedMoment: { step: 1 } });
      await open(await recordedMoment());
      expect(driven.asked).toHaveLength(1);
      expect(driven.store.getState()).toMatchObject({ shownStep, pinnedPosition: null, wantedMoment: { step: 1 } });
    });
  });
});

it("with the tokens of its run is replayed fed with them, and run again without", async () => {
  const proof = proveFed(drivenTrace);
  const text = proof === null ? "" : encodeFedProof(proof);
  await open(encodeLink({ choices: {}, proofs: [text] }));
  startLive(driven);
  expect(driven.recipes.at(-1)?.fedTokens).toEqual(drivenTrace.steps.map(({ token }) => token));
  expect(notices().join()).toContain("fed the tokens of the link");
  saySteps(driven, 0, drivenTrace.steps.length);
  driven.say({ type: "done", run: 1, lane: 0, reason: "length" });
  expect(driven.store.getState().verdicts).toMatchObject([
    { type: "fed", nearTies: [], other: null, ownChoices: null },
  ]);
  driven.store.getState().run("run");
  expect(driven.recipes.at(-1)?.fedTokens).toBeUndefined();
});
