// Compaction in place against the twin: several layers and heads, each with its own survivors and its own number of them.
import { expect, it } from "vitest";
import { joinRows } from "../../../cache/headRows";
import { randomStream } from "../../../lib/random";
import { runKernelOutputs, slotTable, testNumbers } from "../kernelHarness.testing";
import { compactKernel, compactTwin } from "./cacheKernels";

// Vectors of a head just below, at and above a workgroup of 4 invocations.
it.each([8, 16, 24])("closes the gaps of every head, heads of %i numbers", async (headDim) => {
  const layerCount = 2;
  const kvHeadCount = 3;
  const slotCapacity = 29;
  const keptCounts = [17, 0, 29, 1, 17, 28];
  const keys = testNumbers(keptCounts.length * slotCapacity * headDim, 1);
  const values = testNumbers(keptCounts.length * slotCapacity * headDim, 2);
  const draws = randomStream(7);
  const slots = Array.from({ length: slotCapacity }, (_, slot) => slot);
  const survivors = keptCounts.map((keptCount) => Int32Array.from(draws.shuffle(slots).slice(0, keptCount)).sort());
  const rows = joinRows(survivors, Int32Array);
  const found = await runKernelOutputs(
    {
      spec: compactKernel,
      overrides: { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: keptCounts.length },
      params: { slotTableStride: kvHeadCount },
      buffers: {
        slotTable: slotTable(new Array<number>(keptCounts.length).fill(slotCapacity), slotCapacity),
        survivors: Uint32Array.of(...rows.offsets, ...rows.values),
        keys,
        values,
      },
      groups: (size) => [Math.ceil(headDim / 4 / size), layerCount * kvHeadCount],
    },
    ["keys", "values"],
  );
  survivors.forEach((kept, head) => {
    const start = head * slotCapacity * headDim;
    for (const [name, before] of [
      ["keys", keys],
      ["values", values],
    ] as const) {
      const slotsBefore = before.subarray(start, start + slotCapacity * headDim);
      const after = new Float32Array(found[name], start * 4, kept.length * headDim);
      expect(after).toEqual(compactTwin(slotsBefore, kept, headDim));
    }
  });
});
