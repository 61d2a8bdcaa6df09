// What the dialogs say: why there is no proof, what a link carries, what undo takes back.
import { beforeEach, describe, expect, it } from "vitest";
import { initialArrangement } from "../../state/arrangement";
import { emptyHistory, withChange } from "../../state/choices";
import { drivePage } from "../../state/drivePage.testing";
import { laneRunOf } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { noLaneComparison } from "../../settings/lanes";
import { historyTips } from "./HistoryButtons";
import { carriedLines, shareableRuns, type CarriedContent } from "./linkWords";
import { agoWords } from "./RecentSettings";

const nothing: CarriedContent = {
  choices: {},
  comparison: noLaneComparison,
  shareable: { traces: [], gap: null },
  isThinned: false,
  moment: null,
};
const words = (content: Partial<CarriedContent>): Readonly<Record<string, string>> =>
  Object.fromEntries(carriedLines({ ...nothing, ...content }).map((line) => [line.what, line.words]));

describe("what a link carries", () => {
  it("names the settings that differ, and the lanes", () => {
    expect(words({}).Settings).toBe("all at their defaults.");
    const content = {
      choices: { problem: "walk-4x6-1", alpha: 0.5 },
      comparison: { others: [{ policyId: "fullCache" }], isForced: true },
    };
    expect(words(content).Settings).toMatch(/Problem “walk-4x6-1”.*Decay α 0\.5; all others at their defaults\./);
    expect(words(content).Lanes).toBe("2: G-KV, Full cache; fed the tokens of the full cache.");
  });

  it("names step, head, pin and panels of a moment", () => {
    const moment = {
      step: 42,
      lane: 1,
      layer: 2,
      kvHead: 1,
      pinnedPosition: 17,
      visibleSteps: null,
      loopRange: { from: 3, to: 9 },
      arrangement: { ...initialArrangement, hidden: ["map"] as const },
      views: { text: { hasWhitespace: true } },
    };
    expect(words({ moment }).Moment).toBe(
      "step 42; lane 2; layer 2, KV head 1; the token at position 17 pinned; the loop from 3 to 9; " +
        "Cache map hidden; 1 choice of what panels show.",
    );
  });
});

describe("runs that a link can vouch for", () => {
  let store: PageStore;
  beforeEach(async () => {
    ({ store } = drivePage({ isMotionWelcome: false }));
    await store.getState().openRecordedRuns();
  });

  it("are none where the run on screen is one of other settings", () => {
    expect(shareableRuns(store.getState())).toEqual({
      traces: [],
      gap: expect.stringContaining("other settings") as string,
    });
    expect(words({ shareable: shareableRuns(store.getState()) }).Proof).toMatch(/^none\. The run on screen/);
  });

  it("are none before there is a run", () => {
    expect(shareableRuns({ ...store.getState(), lanes: [] }).gap).toContain("There is no run on screen");
  });

  it("are those on screen where the settings give them, and a run that was stopped is named", () => {
    const { promptText } = store.getState().lanes[0].trace.header;
    const [{ trace }] = store.getState().lanes;
    const header = { ...trace.header, model: { ...trace.header.model, id: "winnow-1m" }, policyId: "fullCache" };
    const state = {
      ...store.getState(),
      choices: { policyId: "fullCache", problem: "text", promptText },
      lanes: [laneRunOf({ ...trace, header, end: "length" as const })],
    };
    expect(shareableRuns(state)).toMatchObject({ gap: null, traces: [{ end: "length" }] });
    expect(words({ shareable: shareableRuns(state) }).Proof).toMatch(/^\d+ tokens and the survivors of \d+ events?\.$/);
    const stopped = [laneRunOf({ ...trace, header, end: "stopped" as const })];
    expect(shareableRuns({ ...state, lanes: stopped }).gap).toContain("Run it to the end first");
    const two = {
      ...state,
      comparison: { others: [{ policyId: "fullCache" }], isForced: false },
      lanes: [...stopped, ...stopped],
    };
    expect(shareableRuns(two).gap).toBe("Lanes 1 and 2 have not ended. Run them to the end first.");
    expect(shareableRuns({ ...state, isContinued: true })).toMatchObject({
      traces: [],
      gap: expect.stringContaining("beyond its end") as string,
    });
  });
});

it("says what undo and redo would change", () => {
  const now = { choices: { alpha: 0.9 }, comparison: noLaneComparison };
  const history = withChange(emptyHistory, { choices: {}, comparison: noLaneComparison }, "alpha", 0);
  expect(historyTips(history, now)).toEqual({ undo: "Decay α 0.9 → 0.8", redo: null });
  expect(historyTips(emptyHistory, now)).toEqual({ undo: null, redo: null });
});

it("says roughly how long ago something was", () => {
  expect([5_000, 125_000, 7_300_000, 90_000_000, 400_000_000].map(agoWords)).toEqual([
    "just now",
    "2 min ago",
    "2 h ago",
    "1 day ago",
    "4 days ago",
  ]);
});
