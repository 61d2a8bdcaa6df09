// Keys and queries turned back after an eviction, against the functions of the CPU backend.
import { expect, it } from "vitest";
import { joinRows } from "../../../cache/headRows";
import { randomStream } from "../../../lib/random";
import { turnHeadsBack } from "../../cpu/layerOps";
import { runKernelOutputs, slotTable, testNumbers } from "../kernelHarness.testing";
import { turnKeysBackKernel, turnQueriesBackKernel } from "./cacheKernels";

const positionCount = 40;
const closeTo = (found: Float32Array, expected: Float32Array): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 5));
};

/** As fast as the number of the layer says, counted from 1. */
function ropeTableOf(headDim: number, layerNumber: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(positionCount * headDim);
  for (let at = 0; at < table.length / 2; at++) {
    const angle = (layerNumber * Math.floor(at / (headDim / 2))) / 3 ** (at % (headDim / 2));
    table.set([Math.cos(angle), Math.sin(angle)], 2 * at);
  }
  return table;
}

/** A table of its own for every layer, the last of which begins first. */
function tablesOf(headDim: number, layerCount: number) {
  const tables = Array.from({ length: layerCount }, (_, place) => ropeTableOf(headDim, layerCount - place));
  const ropeTable = new Float32Array(layerCount * positionCount * headDim);
  tables.forEach((table, place) => ropeTable.set(table, place * table.length));
  return { ropeTable, tableRows: Uint32Array.from(tables, (_, layer) => (layerCount - 1 - layer) * positionCount) };
}

function turned(rows: Float32Array, table: Float32Array, headDim: number, distanceOf: (row: number) => number) {
  const expected = rows.slice();
  for (let row = 0; row < rows.length / headDim; row++) {
    const distance = distanceOf(row);
    const angles = table.subarray(distance * headDim, (distance + 1) * headDim);
    turnHeadsBack(expected.subarray(row * headDim, (row + 1) * headDim), angles);
  }
  return expected;
}

// Vectors of a head just below, at and above a workgroup of 4 invocations.
it.each([8, 16, 24])("turns the keys that stayed back, heads of %i numbers", async (headDim) => {
  const [layerCount, kvHeadCount, slotCapacity] = [2, 2, 29];
  const keptCounts = [17, 0, 29, 5];
  const keys = testNumbers(keptCounts.length * slotCapacity * headDim, 1);
  const draws = randomStream(7);
  const slots = Array.from({ length: slotCapacity }, (_, slot) => slot);
  const survivors = keptCounts.map((keptCount) => Int32Array.from(draws.shuffle(slots).slice(0, keptCount)).sort());
  const rows = joinRows(survivors, Int32Array);
  const found = await runKernelOutputs(
    {
      spec: turnKeysBackKernel,
      overrides: { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: keptCounts.length },
      params: { slotTableStride: kvHeadCount },
      buffers: {
        slotTable: slotTable(new Array<number>(keptCounts.length).fill(slotCapacity), slotCapacity),
        survivors: Uint32Array.of(...rows.offsets, ...rows.values),
        ...tablesOf(headDim, layerCount),
        keys,
      },
      groups: (size) => [Math.ceil(headDim / 4 / size), Math.max(...keptCounts), layerCount * kvHeadCount],
    },
    ["keys"],
  );
  survivors.forEach((kept, head) => {
    const start = head * slotCapacity * headDim;
    const before = keys.subarray(start, start + kept.length * headDim);
    const after = new Float32Array(found.keys, start * 4, kept.length * headDim);
    closeTo(
      after,
      turned(before, ropeTableOf(headDim, 1 + Math.floor(head / kvHeadCount)), headDim, (place) => kept[place] - place),
    );
  });
});

it.each([3, 4, 5])("turns the newest queries of %i heads back", async (headCount) => {
  const [headDim, layerCount, windowSlots, turnedBack] = [16, 2, 5, 11];
  const layerVectors = (windowSlots * headCount * headDim) / 4 + 8;
  const queryRing = testNumbers(layerCount * layerVectors * 4, 3);
  const found = await runKernelOutputs(
    {
      spec: turnQueriesBackKernel,
      overrides: { HEAD_VECTORS: headDim / 4, HEAD_COUNT: headCount },
      params: { queryLayerStride: layerVectors, turnedBack },
      buffers: { ...tablesOf(headDim, layerCount), queryRing },
      groups: (size) => [Math.ceil((headCount * headDim) / 4 / size), windowSlots, layerCount],
    },
    ["queryRing"],
  );
  for (let layer = 0; layer < layerCount; layer++) {
    const start = layer * layerVectors * 4;
    const count = windowSlots * headCount * headDim;
    closeTo(
      new Float32Array(found.queryRing, start * 4, count),
      turned(queryRing.subarray(start, start + count), ropeTableOf(headDim, 1 + layer), headDim, () => turnedBack),
    );
  }
});
