// Compaction in place against the twin: several layers and heads, each with its own survivors.
import { expect, it } from "vitest";
import { randomStream } from "../../../lib/random";
import { runKernelOutputs, testNumbers } from "../kernelHarness.testing";
import { compactKernel, compactTwin } from "./compact";

// Vectors of a head just below, at and above a workgroup of 4 invocations.
it.each([8, 16, 24])("closes the gaps of every head, heads of %i numbers", async (headDim) => {
  const layerCount = 2;
  const kvHeadCount = 3;
  const slotCapacity = 29;
  const keptCount = 17;
  const keyLayerStride = (kvHeadCount * slotCapacity * headDim) / 4 + 5;
  const keys = testNumbers(layerCount * keyLayerStride * 4, 1);
  const values = testNumbers(layerCount * keyLayerStride * 4, 2);
  const draws = randomStream(7);
  const slots = Array.from({ length: slotCapacity }, (_, slot) => slot);
  const survivors = Array.from({ length: layerCount * kvHeadCount }, () =>
    draws
      .shuffle(slots)
      .slice(0, keptCount)
      .sort((left, right) => left - right),
  );
  const found = await runKernelOutputs(
    {
      spec: compactKernel,
      overrides: { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount },
      params: { keptCount, slotCapacity, keyLayerStride },
      buffers: { survivors: Uint32Array.from(survivors.flat()), keys, values },
      groups: (size) => [Math.ceil(headDim / 4 / size), layerCount * kvHeadCount],
    },
    ["keys", "values"],
  );
  survivors.forEach((kept, row) => {
    const start = Math.floor(row / kvHeadCount) * keyLayerStride * 4 + (row % kvHeadCount) * slotCapacity * headDim;
    for (const [name, before] of [
      ["keys", keys],
      ["values", values],
    ] as const) {
      const head = before.subarray(start, start + slotCapacity * headDim);
      const after = new Float32Array(found[name], start * 4, keptCount * headDim);
      expect(after).toEqual(compactTwin(head, kept, headDim));
    }
  });
});
