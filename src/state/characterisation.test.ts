import { expect, it, vi } from "vitest";
import { tinyParameters, tinyReference } from "../engine/hostBench.testing";
import type { EngineCommand } from "../engine/protocol";
import { drawTrace } from "../trace/drawTrace.testing";
import {
  createCharacterisation,
  settingsOfRow,
  type CharacterisationState,
  type CharacterisationConfig,
  type CharacterisationRequest,
  type CharacterisationRow,
  type CharacterisationWork,
} from "./characterisation";
import { hostEngines } from "./hostedEngine.testing";
import { initialTrials } from "./trials";

const drawn = drawTrace({ prompt: "a b c d e f g h", layerCount: 2, kvHeadCount: 2 }, "a\nb").header;
const request: CharacterisationRequest = {
  header: {
    ...drawn,
    model: { ...drawn.model, id: "tiny" },
    policyId: "gkv",
    parameters: { ...tinyParameters, residualSlots: 0 },
    maxNewTokens: 10,
  },
  problem: null,
  backend: "cpu",
  repeatCount: 2,
  problemCount: 4,
};
const plain: CharacterisationConfig = {
  ...{ weightBits: 16, storage: "asComputed", kvBits: 4, groupNumbers: 8, budgetSlots: null },
};
const rowsOf = (...configs: readonly Partial<CharacterisationConfig>[]): CharacterisationRow[] =>
  configs.map((config, id) => ({
    ...{ id, config: { ...plain, ...config }, measured: null, quality: null, failure: null },
  }));

function open(
  characterisationRows: readonly CharacterisationRow[],
  onWork: (work: CharacterisationWork) => void = () => undefined,
) {
  const engines = hostEngines();
  let state: CharacterisationState = { ...initialTrials, characterisationRows };
  const works: string[] = [];
  const actions = createCharacterisation(
    { models: [tinyReference], createEngine: engines.createEngine, beforeNextFrame: () => undefined },
    {
      set: (change) => {
        state = { ...state, ...change };
        if (change.characterisationWork && !change.characterisationWork.words.startsWith("loading"))
          works.push(`${change.characterisationWork.rowId} ${change.characterisationWork.words}`);
        if (change.characterisationWork) onWork(change.characterisationWork);
      },
      get: () => state,
    },
  );
  const rest = (): Promise<void> =>
    vi.waitFor(() => expect(state.characterisationWork).toBeNull(), { timeout: 20_000 });
  return { ...engines, actions, rest, works, state: () => state };
}

const qualityOf = ({ quality }: CharacterisationRow) => quality?.figures;
const loads = (sent: readonly EngineCommand[]): number => sent.filter(({ type }) => type === "load").length;

it("measures row by row from a fresh engine, the baseline first, and finds nothing between equal rows", async () => {
  const packed = { storage: "quantised" } as const;
  const { actions, rest, state, works, sent } = open(
    rowsOf({}, {}, { ...packed, kvBits: 8 }, { ...packed, kvBits: 2 }, { weightBits: 4 }, { budgetSlots: 6 }),
  );
  actions.measureCharacterisation(request);
  await rest();
  const [baseline, same, eight, two, light, short] = state().characterisationRows;
  expect(state().characterisationRows.map(({ failure }) => failure)).toEqual(Array(6).fill(null));
  expect(qualityOf(baseline)).toMatchObject({ klNats: 0, agreedShare: 1 });
  expect(qualityOf(same)).toEqual(qualityOf(baseline));
  expect(qualityOf(eight)?.klNats).toBeLessThan(qualityOf(two)?.klNats ?? 0);
  expect(qualityOf(light)?.klNats).toBeGreaterThan(0);
  expect(qualityOf(short)?.klNats).toBeGreaterThan(0);
  const [ofBaseline, ofTwo, ofLight] = [baseline, two, light].map(({ measured }) => measured?.figures);
  expect(ofTwo?.kvBytes).toBeLessThan(ofBaseline?.kvBytes ?? 0);
  expect(ofLight?.weightBytes).toBeLessThan(0.5 * (ofBaseline?.weightBytes ?? 0));
  expect(ofLight?.weightBytesHeld).toBe(ofBaseline?.weightBytesHeld);
  expect(short.measured?.figures.movedBytes).toBeLessThan(ofBaseline?.movedBytes ?? 0);
  expect(loads(sent)).toBe(6);
  expect(works.slice(0, 5)).toEqual([
    "0 first run of a fresh engine",
    "0 repeat 1 of 2",
    "0 repeat 2 of 2",
    "0 fed the baseline’s tokens",
    "1 first run of a fresh engine",
  ]);
});

it("measures against another baseline without timing anything again", async () => {
  const { actions, rest, state, works } = open(rowsOf({}, { storage: "quantised", kvBits: 2 }));
  actions.measureCharacterisation(request);
  await rest();
  const before = state().characterisationRows.map(({ measured }) => measured);
  works.length = 0;
  actions.pinCharacterisationRow(1);
  actions.measureCharacterisation(request);
  await rest();
  expect(works).toEqual(["1 fed the baseline’s tokens", "0 fed the baseline’s tokens"]);
  expect(state().characterisationRows.map(({ measured }) => measured)).toEqual(before);
  expect(state().characterisationRows.map((row) => (qualityOf(row)?.klNats ?? 0) > 0)).toEqual([true, false]);
  works.length = 0;
  actions.measureCharacterisation(request);
  await rest();
  expect(works).toEqual([]);
});

it("keeps the rows that are done when it is stopped", async () => {
  const reached: CharacterisationWork[] = [];
  const stopAtSecondRow = (work: CharacterisationWork): void => {
    if (work.rowId !== 1 || reached.push(work) > 1) return;
    queueMicrotask(() => actions.stopCharacterisation());
  };
  const { actions, rest, state, closedCount } = open(rowsOf({}, { weightBits: 8 }), stopAtSecondRow);
  actions.measureCharacterisation(request);
  await rest();
  expect(reached[0]).toMatchObject({ doneCount: 4, totalCount: 8 });
  const [done, open_] = state().characterisationRows;
  expect([done.measured === null, open_.measured, open_.failure]).toEqual([false, null, null]);
  expect(closedCount()).toBeGreaterThan(0);
});

it("says of a row what makes no sense together, and goes on with the next", async () => {
  const { actions, rest, state } = open(rowsOf({}, { storage: "quantised", groupNumbers: 128 }, { storage: "half" }));
  actions.measureCharacterisation({ ...request, header: { ...request.header, maxNewTokens: 1 } });
  await rest();
  expect(state().characterisationRows[0].failure).toMatch(/single token/);
  expect(state().characterisationRows[2].failure).toMatch(/single token/);
});

it("keeps the policy of the run where a row evicts, greedy and with every slot read", () => {
  const run = { ...request, header: { ...request.header, policyId: "snapKv" } };
  expect(settingsOfRow({ ...plain, budgetSlots: 40 }, run)).toMatchObject({
    ...{ policyId: "snapKv", budgetSlots: 40, temperature: 0, reading: "everything", merging: "none" },
  });
  expect(settingsOfRow(plain, run)).toMatchObject({ policyId: "fullCache", storage: "asComputed" });
  const tada = { ...plain, storage: "tada", budgetSlots: 40 } as const;
  expect(settingsOfRow(tada, run)).toMatchObject({ grouping: "wholeChunks", groupingSlots: 1 });
});
