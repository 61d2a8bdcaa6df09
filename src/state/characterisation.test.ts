import { expect, it, vi } from "vitest";
import { tinyParameters, tinyReference } from "../engine/hostBench.testing";
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { memorySource } from "../model/source";
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
  ...{ weights: "asLoaded", storage: "asComputed", kvBits: 4, groupNumbers: 8, budgetSlots: null },
};
const rowsOf = (...configs: readonly Partial<CharacterisationConfig>[]): CharacterisationRow[] =>
  configs.map((config, id) => ({
    ...{ id, config: { ...plain, ...config }, measured: null, quality: null, failure: null },
  }));

/** Rows of 32 and 64 numbers, so that they can be stored in blocks. */
const wideSource = () =>
  memorySource("models/tiny", drawCheckpoint({ hidden_size: 32, intermediate_size: 64, eos_token_id: [] }));

function open(
  characterisationRows: readonly CharacterisationRow[],
  onWork: (work: CharacterisationWork) => void = () => undefined,
) {
  const engines = hostEngines(wideSource);
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

/** Of both layers (heads of 16, two of queries, one of keys) and of the output. */
const multipliedNumbers = 2 * (32 * (32 + 16 + 16) + 32 * 32 + 3 * 32 * 64) + 12 * 32;

const qualityOf = ({ quality }: CharacterisationRow) => quality?.figures;
const loads = (sent: readonly EngineCommand[]): number => sent.filter(({ type }) => type === "load").length;

it("measures row by row from a fresh engine, the baseline first, and finds nothing between equal rows", async () => {
  const packed = { storage: "quantised" } as const;
  const { actions, rest, state, works, sent } = open(
    rowsOf(
      {},
      {},
      { ...packed, kvBits: 8 },
      { ...packed, kvBits: 2 },
      { weights: "Q8_0" },
      { weights: "Q4_0" },
      { budgetSlots: 6 },
    ),
  );
  actions.measureCharacterisation(request);
  await rest();
  const [baseline, same, eight, two, byte, nibble, short] = state().characterisationRows;
  expect(state().characterisationRows.map(({ failure }) => failure)).toEqual(Array(7).fill(null));
  expect(qualityOf(baseline)).toMatchObject({ klNats: 0, agreedShare: 1 });
  expect(qualityOf(same)).toEqual(qualityOf(baseline));
  expect(qualityOf(eight)?.klNats).toBeLessThan(qualityOf(two)?.klNats ?? 0);
  expect(qualityOf(byte)?.klNats).toBeGreaterThan(0);
  expect(qualityOf(byte)?.klNats).toBeLessThan(qualityOf(nibble)?.klNats ?? 0);
  expect(qualityOf(short)?.klNats).toBeGreaterThan(0);
  const [ofBaseline, ofTwo, ofByte, ofNibble] = [baseline, two, byte, nibble].map(({ measured }) => measured?.figures);
  expect(ofTwo?.kvBytes).toBeLessThan(ofBaseline?.kvBytes ?? 0);
  // 4 bytes a number, 34 or 18 for 32: matrices read, and a cache of the same size beside them: 9 to 17 slots.
  const meanCacheBytes = 13 * 2 * 2 * 16 * 4;
  const read = [ofBaseline, ofByte, ofNibble].map((figures) => (figures?.movedBytes ?? 0) - meanCacheBytes);
  expect(read).toEqual([4, 34 / 32, 18 / 32].map((bytes) => bytes * multipliedNumbers));
  expect(ofByte?.weightBytes).toBeLessThan(0.4 * (ofBaseline?.weightBytes ?? 0));
  expect(ofNibble?.weightBytes).toBeLessThan(0.7 * (ofByte?.weightBytes ?? 0));
  expect(short.measured?.figures.movedBytes).toBeLessThan(ofBaseline?.movedBytes ?? 0);
  expect(loads(sent)).toBe(7);
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
  const { actions, rest, state, closedCount } = open(rowsOf({}, { weights: "Q8_0" }), stopAtSecondRow);
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
