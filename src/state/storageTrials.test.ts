import { expect, it, vi } from "vitest";
import { tinyParameters, tinyReference } from "../engine/hostBench.testing";
import type { EngineCommand } from "../engine/protocol";
import { drawTrace } from "../trace/drawTrace.testing";
import type { TraceHeader } from "../trace/trace";
import { hostEngines } from "./hostedEngine.testing";
import { initialTrials } from "./trials";
import {
  bitsQuestion,
  createStorageTrials,
  stripText,
  uniformStrips,
  type BitsQuestion,
  type StorageTrialsState,
} from "./storageTrials";

const drawn = drawTrace({ prompt: "a b c d e f g h", layerCount: 2, kvHeadCount: 2 }, "a\nb").header;

function headerWith(parameters: TraceHeader["parameters"]): TraceHeader {
  return {
    ...drawn,
    model: { ...drawn.model, id: "tiny", layerCount: 2 },
    parameters: { ...tinyParameters, ...parameters },
    maxNewTokens: 12,
  };
}

function questionOf(parameters: TraceHeader["parameters"] = {}): BitsQuestion {
  const question = bitsQuestion(headerWith({ storage: "quantised", residualSlots: 0, ...parameters }));
  if (question === null) throw new Error("the run packs its entries");
  return question;
}

function openTrials() {
  const engines = hostEngines();
  let state: StorageTrialsState = initialTrials;
  let onSearch: (trialCount: number) => void = () => undefined;
  const trials = createStorageTrials(
    { models: [tinyReference], createEngine: engines.createEngine, beforeNextFrame: () => undefined },
    {
      set: (change) => {
        state = { ...state, ...change };
        if (change.bitsWork?.search) onSearch(change.bitsWork.search.trialCount);
      },
      get: () => state,
    },
  );
  const rest = (): Promise<void> => vi.waitFor(() => expect(state.bitsWork).toBeNull(), { timeout: 20_000 });
  /** Resolves while the search reports that it has made as many. */
  const searched = (trialCount: number): Promise<void> =>
    new Promise((resolve) => {
      onSearch = (made) => {
        if (made !== trialCount) return;
        resolve();
      };
    });
  return { ...engines, trials, rest, searched, state: () => state };
}

const lanesOf = (sent: readonly EngineCommand[]): number[] =>
  sent.flatMap((command) => (command.type === "start" ? [command.request.lanes.length] : []));

it("has nothing to ask of a run that packs nothing", () => {
  expect(bitsQuestion(headerWith({ storage: "asComputed" }))).toBeNull();
  expect(bitsQuestion(headerWith({ storage: "half" }))).toBeNull();
});

it("asks with nothing evicted and every slot read, whatever the run does, and knows the run's own bits", () => {
  const { recipe, ownStrip, isUneven } = questionOf({ keyBits: "4", valueBits: "2", groupNumbers: 16 });
  expect(recipe).toMatchObject({ policyId: "fullCache", parameters: { storage: "quantised", groupNumbers: 16 } });
  expect([ownStrip, isUneven]).toEqual([[4, 4], true]);
  expect(questionOf({ layerBits: "2 8" })).toMatchObject({ ownStrip: [2, 8], isUneven: false });
  expect(questionOf({ layerBits: "2 8" }).key).toBe(questionOf().key);
});

it("measures what is not known yet, four strips at a time, on a worker that is gone afterwards", async () => {
  const { trials, rest, state, sent, closedCount } = openTrials();
  const question = questionOf();
  trials.measureBits(question, [[4, 4], ...uniformStrips(question)]);
  await rest();
  const measured = state().bitsTrials[question.key];
  expect(measured.map(({ strip }) => stripText(strip))).toEqual(["4 4", "2 2", "3 3", "8 8"]);
  const [four, two, three, eight] = measured;
  expect(eight.klNats).toBeLessThan(two.klNats);
  expect([two, three, four, eight].map(({ bytes }) => bytes)).toEqual(
    [two, three, four, eight].map(({ bytes }) => bytes).sort((one, other) => one - other),
  );
  expect(eight.bytes).toBeLessThan(eight.bytesAsComputed);
  expect([lanesOf(sent), closedCount()]).toEqual([[4], 1]);
  trials.measureBits(question, [[2, 2]]);
  await rest();
  expect(lanesOf(sent)).toEqual([4]);
});

it("searches to its end, and every figure is that of the strip alone", async () => {
  const { trials, rest, state } = openTrials();
  const question = questionOf();
  trials.searchBits(question, { type: "leastKl", mostBytes: Infinity });
  expect(state().bitsWork?.search).toEqual({ trialCount: 0, mostTrials: 22, secondsLeft: null });
  await rest();
  const found = state().bitsTrials[question.key];
  // Two layers of four choices: every strip there is.
  expect(found).toHaveLength(16);
  const again = openTrials();
  again.trials.measureBits(question, [[3, 8]]);
  await again.rest();
  expect(again.state().bitsTrials[question.key]).toEqual(found.filter(({ strip }) => stripText(strip) === "3 8"));
});

it("keeps what was found when it is stopped, and says how far it came", async () => {
  const { trials, rest, searched, state, closedCount } = openTrials();
  const question = questionOf();
  trials.searchBits(question, { type: "fewestBytes", mostKlNats: 0 });
  await searched(4);
  expect(state().bitsWork?.search?.secondsLeft).toBeGreaterThan(0);
  trials.stopBits();
  await rest();
  expect(state().bitsTrials[question.key].length).toBeGreaterThanOrEqual(4);
  expect(state().bitsFailure).toBeNull();
  expect(closedCount()).toBe(1);
});

it("leaves another run's search for the strip that is asked of this one", async () => {
  const { trials, rest, state } = openTrials();
  const [one, other] = [questionOf(), questionOf({ storage: "kivi", groupNumbers: 4 })];
  trials.searchBits(one, { type: "fewestBytes", mostKlNats: 0 });
  trials.measureBits(other, [[2, 2]]);
  await rest();
  expect(state().bitsTrials[other.key]).toHaveLength(1);
});

it("says in plain words why a trial cannot be made", async () => {
  const { trials, rest, state } = openTrials();
  const question = { ...questionOf(), modelId: "elsewhere" };
  trials.measureBits(question, [[2, 2]]);
  await vi.waitFor(() => expect(state().bitsFailure).not.toBeNull());
  await rest();
  expect(state().bitsFailure?.message).toMatch(/elsewhere/);
});
