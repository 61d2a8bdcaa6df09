// Norm, rotation and the way into slots and ring, against the twin.
import { describe, expect, it } from "vitest";
import { createRopeTable } from "../../ropeTable";
import { relativeError, runKernelOutputs, slotTable, testNumbers } from "../kernelHarness.testing";
import { flag } from "../kernelSpec";
import { qkvRopeKernel, turnedHeadTwin } from "./cacheKernels";

const epsilon = 1e-6;
const headDim = 12; // half a head is no multiple of four
const slotCapacity = 24;
const ropeTable = createRopeTable({ headDim, ropeTheta: 10000, ropeScaling: null }, 64) as Float32Array<ArrayBuffer>;

/** Runs the kernel on rows at these positions and compares everything it writes. */
async function compare(given: {
  headCount: number;
  kvHeadCount: number;
  rowCount: number;
  windowSlots: number;
  hasQkNorm: boolean;
}) {
  const { headCount, kvHeadCount, rowCount, windowSlots, hasQkNorm } = given;
  const position = 19;
  const place = 12; // of a cache whose keys are rotated to their slots
  // Heads of different lengths: the rows go into other slots of each.
  const slotOf = (kvHead: number) => 5 + kvHead;
  const lengths = Array.from({ length: kvHeadCount }, (_, kvHead) => slotOf(kvHead) - 2);
  const headTotal = headCount + 2 * kvHeadCount;
  const qkv = testNumbers(rowCount * headTotal * headDim, 1);
  const qkNorm = testNumbers(2 * headDim, 2);
  const cacheLength = kvHeadCount * slotCapacity * headDim;
  const found = await runKernelOutputs(
    {
      spec: qkvRopeKernel,
      overrides: {
        HEAD_VECTORS: headDim / 4,
        HEAD_COUNT: headCount,
        KV_HEAD_COUNT: kvHeadCount,
        HAS_QK_NORM: flag(hasQkNorm),
        EPSILON: epsilon,
      },
      params: { position, place, addedSlots: 2 + rowCount, rowCount, windowSlots },
      buffers: {
        slotTable: slotTable(lengths, slotCapacity),
        qkv,
        qkNorm,
        ropeTable,
        queries: new Float32Array(rowCount * headCount * headDim),
        keys: new Float32Array(cacheLength),
        values: new Float32Array(cacheLength),
        queryRing: new Float32Array(Math.max(1, windowSlots) * headCount * headDim),
      },
      groups: (size) => [Math.ceil((headTotal * headDim) / 4 / size), rowCount],
    },
    ["queries", "keys", "values", "queryRing"],
  );

  const queries = new Float32Array(rowCount * headCount * headDim);
  const keys = new Float32Array(cacheLength);
  const values = new Float32Array(cacheLength);
  const queryRing = new Float32Array(Math.max(1, windowSlots) * headCount * headDim);
  for (let row = 0; row < rowCount; row++) {
    const angles = ropeTable.subarray((place + row) * headDim, (place + row + 1) * headDim);
    for (let head = 0; head < headTotal; head++) {
      const source = qkv.subarray((row * headTotal + head) * headDim, (row * headTotal + head + 1) * headDim);
      const isQuery = head < headCount;
      const isValue = head >= headCount + kvHeadCount;
      const norm = qkNorm.subarray(isQuery ? 0 : headDim, isQuery ? headDim : 2 * headDim);
      const turned = isValue ? source : turnedHeadTwin(source, angles, hasQkNorm ? norm : null, epsilon);
      if (isQuery) {
        queries.set(turned, (row * headCount + head) * headDim);
        // Written in order of position, so that the newest query of a place in the ring stays.
        if (windowSlots > 0) queryRing.set(turned, (((position + row) % windowSlots) * headCount + head) * headDim);
      } else {
        const kvHead = (head - headCount) % kvHeadCount;
        (isValue ? values : keys).set(turned, (kvHead * slotCapacity + slotOf(kvHead) + row) * headDim);
      }
    }
  }
  expect(relativeError(new Float32Array(found.queries), queries)).toBeLessThan(2e-6);
  expect(relativeError(new Float32Array(found.keys), keys)).toBeLessThan(2e-6);
  expect(new Float32Array(found.values)).toEqual(values);
  expect(relativeError(new Float32Array(found.queryRing), queryRing)).toBeLessThan(2e-6);
}

describe("qkvRope", () => {
  // Three invocations per head: 5 heads stay just below a workgroup of 16, the others above.
  it.each([
    { headCount: 3, kvHeadCount: 1 },
    { headCount: 4, kvHeadCount: 2 },
    { headCount: 5, kvHeadCount: 5 },
  ])("agrees with its twin for one row of $headCount query heads", async (heads) => {
    await compare({ ...heads, rowCount: 1, windowSlots: 4, hasQkNorm: false });
  });

  it("keeps the newest queries of a chunk longer than the ring", async () => {
    await compare({ headCount: 4, kvHeadCount: 2, rowCount: 13, windowSlots: 5, hasQkNorm: false });
  });

  it("normalises each query and key head where the model does", async () => {
    await compare({ headCount: 4, kvHeadCount: 1, rowCount: 3, windowSlots: 0, hasQkNorm: true });
  });
});
