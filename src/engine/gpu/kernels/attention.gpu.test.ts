// The attention kernels against their twins: decode with its taps, and the three steps of a prefill chunk.
import { describe, expect, it } from "vitest";
import { relativeError, runKernel, runKernelOutputs, slotTable, testNumbers } from "../kernelHarness.testing";
import {
  attentionDecodeKernel,
  attentionMixKernel,
  attentionScoresKernel,
  attentionSoftmaxKernel,
  attentionTapsKernel,
  mixTwin,
  probabilitiesTwin,
  rowPlacesOf,
  tapRowTwin,
} from "./attentionKernels";

const headCount = 4;
const kvHeadCount = 2;
const groupSize = headCount / kvHeadCount;
const slotCapacity = 40;

function headSlots(cache: Float32Array, kvHead: number, headDim: number): Float32Array {
  return cache.subarray(kvHead * slotCapacity * headDim, (kvHead + 1) * slotCapacity * headDim);
}

describe("attentionDecode", () => {
  // Workgroup sizes around the vectors of a head (headDim / 4), slots around the workgroup size.
  it.each([
    { workgroupSize: 16, headDim: 32, lengthSlots: 1 },
    { workgroupSize: 16, headDim: 32, lengthSlots: 15 },
    { workgroupSize: 16, headDim: 32, lengthSlots: 16 },
    { workgroupSize: 16, headDim: 32, lengthSlots: 33 },
    { workgroupSize: 16, headDim: 24, lengthSlots: 17 },
    { workgroupSize: 16, headDim: 72, lengthSlots: 17 },
    { workgroupSize: 128, headDim: 64, lengthSlots: 40 },
    { workgroupSize: 16, headDim: 32, lengthSlots: 33, window: 7 },
    { workgroupSize: 16, headDim: 32, lengthSlots: 33, window: 33 },
    { workgroupSize: 128, headDim: 24, lengthSlots: 40, window: 1 },
  ])(
    "agrees with its twin: $workgroupSize invocations, head of $headDim, $lengthSlots slots or 1 less, window $window",
    async (given) => {
      const { workgroupSize, headDim, lengthSlots, window = 0 } = given;
      const lengths = [lengthSlots, Math.max(1, lengthSlots - 1)];
      const queries = testNumbers(headCount * headDim, 1).map((entry) => entry * 3);
      const keys = testNumbers(kvHeadCount * slotCapacity * headDim, 2);
      const values = testNumbers(kvHeadCount * slotCapacity * headDim, 3);
      const found = await runKernelOutputs(
        {
          spec: attentionDecodeKernel,
          workgroupSize,
          overrides: {
            ...{ HEAD_VECTORS: headDim / 4, GROUP_SIZE: groupSize, HEAD_COUNT: headCount },
            WINDOW_SLOTS: window,
          },
          params: { addedSlots: 1, rowCount: 1, scoreStride: slotCapacity },
          buffers: {
            slotTable: slotTable(
              lengths.map((length) => length - 1),
              slotCapacity,
            ),
            queries,
            keys,
            values,
            probabilities: new Float32Array(headCount * slotCapacity).fill(9),
            peaks: new Float32Array(headCount),
            output: new Float32Array(headCount * headDim),
          },
          groups: () => [headCount],
        },
        ["probabilities", "peaks", "output"],
      );
      for (let head = 0; head < headCount; head++) {
        const kvHead = Math.floor(head / groupSize);
        const query = queries.subarray(head * headDim, (head + 1) * headDim);
        const headKeys = headSlots(keys, kvHead, headDim);
        const expected = probabilitiesTwin(query, headKeys, lengths[kvHead], window || undefined);
        const row = new Float32Array(found.probabilities, head * slotCapacity * 4, lengths[kvHead]);
        expect(relativeError(row, expected)).toBeLessThan(4e-6);
        expect(new Float32Array(found.peaks)[head]).toBeCloseTo(Math.max(...expected), 5);
        const mix = mixTwin(expected, headSlots(values, kvHead, headDim), headDim);
        expect(relativeError(new Float32Array(found.output, head * headDim * 4, headDim), mix)).toBeLessThan(4e-6);
      }
    },
  );
});

describe("attentionTaps", () => {
  // A group of one is how query heads are recorded by themselves.
  it.each([
    { lengthSlots: 60, members: 2 },
    { lengthSlots: 63, members: 2, watchedHeads: [1, 2] },
    { lengthSlots: 64, members: 1, watchedHeads: [0, 3, 6] },
    { lengthSlots: 65, members: 2, watchedHeads: [] },
    { lengthSlots: 63, members: 2 },
    { lengthSlots: 64, members: 2 },
    { lengthSlots: 65, members: 2 },
    { lengthSlots: 63, members: 1 },
    { lengthSlots: 65, members: 1 },
  ])("packs $lengthSlots slots as shares of the row's largest value, groups of $members", async (given) => {
    const { lengthSlots, members, watchedHeads = null } = given;
    const layerCount = 2;
    const rowsPerLayer = headCount / members;
    const scoreStride = 70;
    const scoreLayerStride = headCount * scoreStride + 11;
    const probabilities = testNumbers(layerCount * scoreLayerStride, 4).map((entry) => Math.abs(entry) / 9);
    const member = (layer: number, head: number) => {
      const start = layer * scoreLayerStride + head * scoreStride;
      return probabilities.subarray(start, start + lengthOf(head));
    };
    // The first KV head of each layer is shorter than the longest, by more than a word of the result.
    const lengthOf = (head: number) => (head < groupSize ? lengthSlots - 5 : lengthSlots);
    const rowIds = [0, 1].flatMap((layer) => Array.from({ length: rowsPerLayer }, (_, group) => ({ layer, group })));
    const peaks = Float32Array.from(
      [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => Math.max(...member(layer, head)))),
    );
    const resultWords = 20;
    const wordCount = Math.ceil(lengthSlots / 4);
    const oneLayer = slotTable([lengthSlots - 7, lengthSlots - 2], 99);
    const table = Uint32Array.of(...oneLayer, ...oneLayer);
    const found = await runKernelOutputs(
      {
        spec: attentionTapsKernel,
        overrides: {
          GROUP_SIZE: members,
          SLOT_GROUP_SIZE: groupSize,
          KV_HEAD_COUNT: rowsPerLayer,
          LAYER_COUNT: layerCount,
          PEAK_LAYER_STRIDE: headCount,
          RESULT_WORDS: resultWords,
        },
        params: {
          addedSlots: 2,
          longestSlots: lengthSlots,
          slotTableStride: kvHeadCount,
          scoreStride,
          scoreLayerStride,
        },
        buffers: {
          slotTable: table,
          probabilities,
          peaks,
          rowPlaces: rowPlacesOf(rowIds.length, watchedHeads),
          results: new Uint32Array(resultWords + rowIds.length * (1 + wordCount)),
        },
        groups: (size) => [Math.ceil(wordCount / size), rowIds.length],
      },
      ["results"],
    );
    rowIds.forEach(({ layer, group }, tapRow) => {
      const expected = tapRowTwin(Array.from({ length: members }, (_, at) => member(layer, group * members + at)));
      expect(new Float32Array(found.results, (resultWords + tapRow) * 4, 1)[0]).toBe(expected.scale);
      const place = watchedHeads === null ? tapRow : watchedHeads.indexOf(tapRow);
      if (place < 0) return;
      const start = (resultWords + rowIds.length + place * wordCount) * 4;
      const length = lengthOf(group * members);
      const row = new Uint8Array(found.results, start, length);
      const differences = expected.row.map((byte, slot) => Math.abs(byte - row[slot]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      expect(new Uint8Array(found.results, start + length, wordCount * 4 - length).every((byte) => byte === 0)).toBe(
        true,
      );
    });
    const rowCount = watchedHeads?.length ?? rowIds.length;
    const behind = new Uint32Array(found.results).subarray(resultWords + rowIds.length + rowCount * wordCount);
    expect(behind.every((word) => word === 0)).toBe(true);
  });
});

describe("attention of a prefill chunk", () => {
  const headDim = 24;

  // Four rows or slots a tile, 16 tiles a workgroup: 60, 64 and 68 slots would fill one; slots stay within capacity here.
  it.each([
    { rowCount: 1, slot: 0 },
    { rowCount: 3, slot: 7 },
    { rowCount: 16, slot: 0 },
    { rowCount: 17, slot: 22 },
    { rowCount: 9, slot: 14, window: 6 },
    { rowCount: 5, slot: 0, window: 3 },
  ])("agrees with its twin: $rowCount rows from slot $slot on, window $window", async (given) => {
    const { rowCount, slot, window = 0 } = given;
    const lengthSlots = slot + rowCount;
    const queries = testNumbers(rowCount * headCount * headDim, 1).map((entry) => entry * 3);
    const keys = testNumbers(kvHeadCount * slotCapacity * headDim, 2);
    const values = testNumbers(kvHeadCount * slotCapacity * headDim, 3);
    const params = { addedSlots: lengthSlots, rowCount, scoreStride: lengthSlots, queryRows: rowCount };
    const table = slotTable([0, 0], slotCapacity);
    const shape = { HEAD_VECTORS: headDim / 4, GROUP_SIZE: groupSize, HEAD_COUNT: headCount };
    const rowTiles = Math.ceil(rowCount / 4);
    const scores = (await runKernel(
      {
        spec: attentionScoresKernel,
        overrides: shape,
        params,
        buffers: {
          slotTable: table,
          queries,
          keys,
          scores: new Float32Array(headCount * rowCount * lengthSlots).fill(99),
        },
        groups: (size) => [Math.ceil(lengthSlots / 4 / size), headCount * rowTiles],
      },
      "scores",
    )) as Float32Array<ArrayBuffer>;
    const probabilities = (await runKernel(
      {
        spec: attentionSoftmaxKernel,
        overrides: { GROUP_SIZE: groupSize, WINDOW_SLOTS: window },
        params,
        buffers: { slotTable: table, probabilities: scores },
        groups: () => [rowCount, headCount],
      },
      "probabilities",
    )) as Float32Array<ArrayBuffer>;
    const output = await runKernel(
      {
        spec: attentionMixKernel,
        overrides: shape,
        params,
        buffers: { slotTable: table, probabilities, values, output: new Float32Array(rowCount * headCount * headDim) },
        groups: (size) => [Math.ceil((headCount * headDim) / 4 / size), rowTiles],
      },
      "output",
    );
    for (let head = 0; head < headCount; head++) {
      const kvHead = Math.floor(head / groupSize);
      for (let row = 0; row < rowCount; row++) {
        const query = queries.subarray((row * headCount + head) * headDim, (row * headCount + head + 1) * headDim);
        const seen = slot + row + 1;
        const expected = probabilitiesTwin(query, headSlots(keys, kvHead, headDim), seen, window || undefined);
        const start = (head * rowCount + row) * lengthSlots;
        expect(relativeError(probabilities.subarray(start, start + seen), expected)).toBeLessThan(4e-6);
        expect(probabilities.subarray(start + seen, start + lengthSlots).every((entry) => entry === 0)).toBe(true);
        const mix = mixTwin(expected, headSlots(values, kvHead, headDim), headDim);
        const found = output.subarray((row * headCount + head) * headDim, (row * headCount + head + 1) * headDim);
        expect(relativeError(found, mix)).toBeLessThan(4e-6);
      }
    }
  });
});
