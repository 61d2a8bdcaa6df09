// The kernels of a session that reads through latents, run on arrays given from outside.
import { BufferPool } from "../../src/engine/gpu/bufferPool";
import { boundKernel, emptyStats, Recorder } from "../../src/engine/gpu/dispatch";
import { allOf, kernelCacheOf, type Kernel } from "../../src/engine/gpu/kernelCache";
import type { KernelSpec, OverrideValues } from "../../src/engine/gpu/kernelSpec";
import {
  attentionSelectedKernel,
  latentKeysKernel,
  latentSelectKernel,
  latentStoreKernel,
} from "../../src/engine/gpu/kernels/latentKernels";
import { encodeParams, PARAM_BYTES } from "../../src/engine/gpu/params";
import { rotatedQueries, setCountOf, type ProbedReading, type ProbedReads } from "./readingProbe";

export async function readLatents(device: GPUDevice, input: ProbedReading): Promise<ProbedReads> {
  const { headCount, kvHeadCount, headDim, tokenCount, rank, rule } = input;
  const setCount = setCountOf(input);
  const setHeads = kvHeadCount / setCount;
  const most = Math.min(tokenCount, rule.topSlots + rule.sinkSlots + rule.recentSlots);
  const readStride = most + 1;
  const kernels = await compile(device, input, { SET_HEADS: setHeads, READ_STRIDE: readStride });
  const pool = new BufferPool(device);
  try {
    const params = pool.uniform("probe params", PARAM_BYTES);
    const sizes = { longestSlots: tokenCount, slotCapacity: tokenCount, slotTableStride: kvHeadCount };
    const block = { ...sizes, rowCount: tokenCount, scoreStride: tokenCount };
    device.queue.writeBuffer(params, 0, encodeParams(block));
    const entries = Array.from({ length: kvHeadCount }, (_, kvHead) => [kvHead * tokenCount, tokenCount]);
    const bytes = (count: number): number => count * 4;
    const buffers = {
      params,
      slotTable: pool.filled("slot table", Uint32Array.from(entries.flat())),
      qkv: pool.filled("qkv", qkvRows(input)),
      qkNorm: pool.filled("no norm", new Float32Array(4)),
      ropeTable: pool.filled("rope table", input.ropeTable.slice()),
      directions: pool.filled("directions", input.directions.slice()),
      queries: pool.filled("queries", rotatedQueries(input).slice()),
      values: pool.filled("values", input.values.slice()),
      latents: pool.storage("latents", bytes(tokenCount * (rank + 1))),
      scores: pool.storage("scores", bytes(setCount * 2 * tokenCount)),
      readSlots: pool.storage("slots read", bytes(setCount * readStride)),
      keys: pool.storage("keys", bytes(kvHeadCount * tokenCount * headDim)),
      probabilities: pool.storage("probabilities", bytes(headCount * tokenCount)),
      peaks: pool.storage("peaks", bytes(headCount)),
      output: pool.storage("output", bytes(headCount * headDim)),
    };
    const recorder = new Recorder(device, emptyStats(), "latents");
    const bind = (kernel: Kernel) => boundKernel(device, kernel, buffers);
    recorder.dispatchFor(bind(kernels.store), rank + 1, tokenCount);
    recorder.dispatch(bind(kernels.select), [setCount]);
    recorder.dispatchFor(bind(kernels.keys), (kvHeadCount * headDim) / 4, most);
    recorder.dispatch(bind(kernels.attention), [headCount]);
    recorder.submit();
    const read = async (from: GPUBuffer, count: number): Promise<ArrayBuffer> => {
      const to = pool.readBack("results", bytes(count));
      const copy = new Recorder(device, emptyStats(), "results");
      copy.copy({ from, to, byteCount: bytes(count) });
      copy.submit();
      await to.mapAsync(GPUMapMode.READ);
      return to.getMappedRange().slice(0, bytes(count));
    };
    const rows = new Float32Array(await read(buffers.latents, tokenCount * (rank + 1)));
    const lists = new Uint32Array(await read(buffers.readSlots, setCount * readStride));
    const scored = new Float32Array(await read(buffers.scores, setCount * 2 * tokenCount));
    const keys = new Float32Array(await read(buffers.keys, kvHeadCount * tokenCount * headDim));
    const probabilities = new Float32Array(await read(buffers.probabilities, headCount * tokenCount));
    const readSlots = Array.from({ length: setCount }, (_, set) => {
      const first = set * readStride;
      return Int32Array.from(lists.subarray(first + 1, first + 1 + lists[first]));
    });
    const slotsOf = (kvHead: number): Int32Array => readSlots[Math.floor(kvHead / setHeads)];
    return {
      latents: rows.filter((_, at) => at % (rank + 1) < rank),
      scores: scored.filter((_, at) => Math.floor(at / tokenCount) % 2 === 0),
      readSlots,
      keys: Array.from({ length: kvHeadCount }, (_, kvHead) =>
        Float32Array.from(
          Array.from(slotsOf(kvHead)).flatMap((slot) => {
            const row = kvHead * tokenCount + slot;
            return [...keys.subarray(row * headDim, (row + 1) * headDim)];
          }),
        ),
      ),
      weights: Array.from({ length: headCount }, (_, head) => {
        const slots = slotsOf(Math.floor((head * kvHeadCount) / headCount));
        return Float32Array.from(slots, (slot) => probabilities[head * tokenCount + slot]);
      }),
      output: new Float32Array(await read(buffers.output, headCount * headDim)),
    };
  } finally {
    pool.dispose();
  }
}

function compile(device: GPUDevice, input: ProbedReading, sets: OverrideValues) {
  const { headCount, kvHeadCount, headDim, rank, rule } = input;
  const cache = kernelCacheOf(device);
  const kernel = (spec: KernelSpec, overrides: OverrideValues): Promise<Kernel> => cache.kernel({ spec, overrides });
  const heads = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount, RANK: rank };
  const unrotated = { HEAD_COUNT: headCount, HAS_QK_NORM: 0, EPSILON: 0 };
  return allOf({
    store: kernel(latentStoreKernel, { ...heads, ...unrotated }),
    select: kernel(latentSelectKernel, {
      ...{ ...heads, ...unrotated, ...sets, SCORE_RANK: rule.scoreRank },
      ...{ TOP_SLOTS: rule.topSlots, SINK_SLOTS: rule.sinkSlots, RECENT_SLOTS: rule.recentSlots },
    }),
    keys: kernel(latentKeysKernel, { ...heads, ...sets, IS_SELECTED: 1 }),
    attention: kernel(attentionSelectedKernel, {
      ...{ HEAD_VECTORS: headDim / 4, GROUP_SIZE: headCount / kvHeadCount, ...sets },
    }),
  });
}

/** Keys of every token, and the query in the first row, where a step has its own. */
function qkvRows({ headCount, kvHeadCount, headDim, tokenCount, keys, queries }: ProbedReading): Float32Array {
  const [queryWidth, width] = [headCount * headDim, kvHeadCount * headDim];
  const rows = new Float32Array(tokenCount * (queryWidth + 2 * width));
  rows.set(queries);
  for (let token = 0; token < tokenCount; token++) {
    rows.set(keys.subarray(token * width, (token + 1) * width), token * (queryWidth + 2 * width) + queryWidth);
  }
  return rows;
}
