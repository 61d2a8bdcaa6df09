// The term kernels of a session, run on arrays given from outside: the way for golden cases to reach the GPU.
// One layer at a time; buffers live for one call.
import { joinRows } from "../../src/cache/headRows";
import { boundKernel } from "../../src/engine/gpu/dispatch";
import { kernelCacheOf } from "../../src/engine/gpu/kernelCache";
import { compactKernel, turnKeysBackKernel } from "../../src/engine/gpu/kernels/cacheKernels";
import { RedundancyTerms } from "../../src/engine/gpu/redundancyTerms";
import { temporalRedundancyKernel } from "../../src/engine/gpu/kernels/keyValueKernels";
import { joinedLogitsKernel, receivedAttentionKernel } from "../../src/engine/gpu/kernels/queryKernels";
import { compileFamilies } from "../../src/engine/gpu/termFamilies";
import { WindowTerms } from "../../src/engine/gpu/windowTerms";
import type { RawRetention } from "../../src/engine/terms/redundancy";
import { windowAttention } from "../../src/engine/terms/windowAttention";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { createGpuMergeProbe } from "./gpuMergeProbe";
import { readLatents } from "./gpuReadingProbe";
import { rowsOfHeads } from "./field";
import { headsInnermost, withBuffers, type Prepared, type ProbeBuffers } from "./probeBuffers";
import { probedMatrices } from "./termProbe";
import type { ProbedKeys, ProbedLayer, ProbedRedundancy, ProbedRerotation, ProbedWindow, TermProbe } from "./termProbe";

/** Probe of a device. Every call rejects if the device is lost. */
export function createGpuTermProbe(device: GPUDevice): TermProbe {
  return {
    terms: (layer, names) => measureTerms(device, layer, names),
    // A session joins the group on its way to the statistics. Here the plain function joins what the kernels give.
    windowAttention: (input) =>
      withWindow(device, input, async ({ terms, recorder, read }) => {
        const { headCount, kvHeadCount, windowSlots, lengthSlots } = input.shape;
        terms.encodeProbabilities(recorder, lengthSlots);
        const count = headCount * windowSlots * lengthSlots;
        const values = new Float32Array(await read(terms.probabilities, count));
        const memberCount = headCount / kvHeadCount;
        const group = { memberCount, stride: lengthSlots, windowSlots, lengthSlots, groupPooling: input.groupPooling };
        const width = count / kvHeadCount;
        const heads = Array.from({ length: kvHeadCount }, (_, kvHead) =>
          windowAttention({ ...group, values: values.subarray(kvHead * width, (kvHead + 1) * width) }),
        );
        return joinRows(heads, Float32Array).values;
      }),
    joinedLogits: (input) =>
      withWindow(device, input, async ({ source, recorder, read, pool }) => {
        const { headCount, kvHeadCount, headDim, windowSlots, lengthSlots } = input.shape;
        const count = kvHeadCount * windowSlots * lengthSlots;
        const logits = pool.storage("joined logits", count * 4);
        const { params, slotTable, queries, keys } = source;
        const overrides = { HEAD_VECTORS: headDim / 4, HEAD_COUNT: headCount, GROUP_SIZE: headCount / kvHeadCount };
        const kernel = await kernelCacheOf(device).kernel({ spec: joinedLogitsKernel, overrides });
        const bound = boundKernel(device, kernel, { params, slotTable, queries, keys, logits });
        recorder.dispatchFor(bound, lengthSlots, windowSlots, kvHeadCount);
        return new Float32Array(await read(logits, count));
      }),
    windowStatistics: (input) =>
      withWindow(device, input, async ({ terms, recorder, read, pool }) => {
        const { kvHeadCount, windowSlots, lengthSlots } = input.shape;
        const count = kvHeadCount * lengthSlots;
        const both = pool.storage("statistics", 2 * count * 4);
        const places = { meanBytes: 0, deviationBytes: count * 4, votingHeadsBytes: null };
        terms.encodeStatistics(recorder, lengthSlots, { buffer: both, ...places });
        const bytes = await read(both, 2 * count);
        const isCandidate = (_: number, at: number): boolean => at % lengthSlots < lengthSlots - windowSlots;
        return {
          mean: new Float32Array(bytes, 0, count).filter(isCandidate),
          deviation: new Float32Array(bytes, count * 4, count).filter(isCandidate),
        };
      }),
    votingHeads: (input) =>
      withWindow(device, input, async ({ terms, recorder, read, pool }) => {
        const { kvHeadCount, windowSlots, lengthSlots } = input.shape;
        const count = kvHeadCount * lengthSlots;
        const all = pool.storage("statistics and votes", 3 * count * 4);
        const places = { meanBytes: 0, deviationBytes: count * 4, votingHeadsBytes: 2 * count * 4 };
        terms.encodeStatistics(recorder, lengthSlots, { buffer: all, ...places });
        const words = new Int32Array(await read(all, 3 * count), places.votingHeadsBytes, count);
        return Int8Array.from(words.filter((_, at) => at % lengthSlots < lengthSlots - windowSlots));
      }),
    ...createGpuMergeProbe(device),
    readLatents: (input) => readLatents(device, input),
    rerotatedKeys: (input) => rerotateKeys(device, input),
    promptAttention: (input) =>
      withWindow(device, input, async ({ terms, source, recorder, read, pool }) => {
        const { kvHeadCount, lengthSlots } = input.shape;
        const columnSums = pool.storage("column sums", kvHeadCount * lengthSlots * 4);
        const { probabilities } = terms;
        const { params, kernels } = source;
        terms.encodeProbabilities(recorder, lengthSlots);
        const bound = boundKernel(device, kernels.promptAttention, { params, probabilities, columnSums });
        recorder.dispatchFor(bound, lengthSlots, kvHeadCount);
        return new Float32Array(await read(columnSums, kvHeadCount * lengthSlots));
      }),
    keyNorm: (input) =>
      withKeys(device, { input }, async ({ terms, recorder, read }) => {
        terms.encodeKeyNorm(recorder, input.lengthSlots);
        return new Float32Array(await read(terms.norms, input.kvHeadCount * input.lengthSlots));
      }),
    temporalRedundancy: (input) =>
      withKeys(device, { input: { ...input, paddingSlots: 0 } }, async ({ terms, source, recorder, read, pool }) => {
        const { kvHeadCount, headDim, lengthSlots, frameTokens, recentFrames } = input;
        const scores = pool.storage("temporal redundancy", kvHeadCount * lengthSlots * 4);
        const overrides = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount };
        const frames = { FRAME_TOKENS: frameTokens, RECENT_FRAMES: recentFrames };
        const kernel = await kernelCacheOf(device).kernel({
          spec: temporalRedundancyKernel,
          overrides: { ...overrides, ...frames },
        });
        const { params, slotTable, keys } = source;
        const patches = pool.filled("probe patches", Uint32Array.from(input.patches));
        terms.encodeKeyNorm(recorder, lengthSlots);
        const bound = boundKernel(device, kernel, { params, slotTable, keys, norms: terms.norms, patches, scores });
        recorder.dispatchFor(bound, lengthSlots, kvHeadCount);
        return new Float32Array(await read(scores, kvHeadCount * lengthSlots));
      }),
    redundancy: (input) => withKeys(device, { input }, (keys) => readRedundancy(input, keys)),
    redundancyRaw: (input, retention) => {
      // The older variant knows nothing of padding.
      const unpadded = { ...input, paddingSlots: 0 };
      const excusedRank = retainedRank(input.lengthSlots, retention);
      return withKeys(device, { input: unpadded, excusedRank }, async ({ terms, recorder, read }) => {
        terms.encodeKeyNorm(recorder, input.lengthSlots);
        terms.encodeRedundancy(recorder, input.lengthSlots, "raw");
        return new Float32Array(await read(terms.softmax, input.kvHeadCount * input.lengthSlots));
      });
    },
  };
}

const windowTerms: readonly CacheTermName[] = ["windowAttention", "attentionShift"];
const redundancyTerms: readonly CacheTermName[] = ["redundancy", "redundancyRaw"];

/** Those of the families together, the others by themselves. */
async function measureTerms(
  device: GPUDevice,
  layer: ProbedLayer,
  names: readonly CacheTermName[],
): Promise<Record<string, Float32Array>> {
  const probe = createGpuTermProbe(device);
  const { shape, keys } = layer;
  const { kvHeadCount, lengthSlots, windowSlots } = shape;
  const found: Record<string, Float32Array> = {};
  if (names.some((name) => windowTerms.includes(name))) {
    const rowCount = layer.queries.length / (shape.headCount * shape.headDim);
    const queries = rowsOfHeads(
      { data: layer.queries, shape: [shape.headCount, rowCount, shape.headDim] },
      rowCount - windowSlots,
      rowCount,
    );
    const { groupPooling } = layer.parameters;
    const { mean, deviation } = await probe.windowStatistics({ shape, keys, queries, groupPooling });
    const rows = (candidates: Float32Array): Float32Array => {
      const all = new Float32Array(kvHeadCount * lengthSlots);
      const width = lengthSlots - windowSlots;
      for (let head = 0; head < kvHeadCount; head++) {
        all.set(candidates.subarray(head * width, (head + 1) * width), head * lengthSlots);
      }
      return all;
    };
    Object.assign(found, { windowAttention: rows(mean), attentionShift: rows(deviation) });
  }
  const unpadded = { ...shape, keys, paddingSlots: 0 };
  if (names.includes("redundancy")) found.redundancy = (await probe.redundancy(unpadded)).softmax;
  if (names.includes("redundancyRaw")) found.redundancyRaw = await probe.redundancyRaw(unpadded);
  const others = names.filter((name) => !windowTerms.includes(name) && !redundancyTerms.includes(name));
  return others.length === 0 ? found : { ...found, ...(await measureFamilies(device, layer, others)) };
}

/** Terms of the families (src/engine/gpu/termFamilies.ts), in one submit. */
async function measureFamilies(
  device: GPUDevice,
  layer: ProbedLayer,
  names: readonly CacheTermName[],
): Promise<Record<string, Float32Array>> {
  const { shape, queries, keys, values, outputWeight, positions, ropeTable, parameters } = layer;
  const { headCount, kvHeadCount, headDim, lengthSlots, windowSlots } = shape;
  const queryRows = queries.length / (headCount * headDim);
  const given: ProbeBuffers = {
    ...{ shape, lengthSlots, windowSlots, keys, values, positions, ropeTable, outputWeight },
    matrices: probedMatrices(layer),
    receivedSums: names.includes("observedAttention") ? await measureReceived(device, layer) : undefined,
    queries: headsInnermost(queries, headCount, headDim),
    params: {
      ...{ rowCount: windowSlots, queryRows, queryStart: queryRows - windowSlots, scoreStride: lengthSlots },
      position: positions[lengthSlots - 1],
      scoreLayerStride: headCount * windowSlots * lengthSlots,
      isMeanPooling: parameters.groupPooling === "mean" ? 1 : 0,
    },
  };
  return withBuffers(device, given, async (source, layout, { recorder, read }) => {
    const hiddenSize = outputWeight.length / (headCount * headDim);
    const familyShape = { ...shape, layerCount: 1, hiddenSize };
    const compiled = await compileFamilies(names, kernelCacheOf(device), familyShape, ["f32"]);
    const found: [string, GPUBuffer][] = compiled.flatMap((family) => {
      const made = family.create(source, layout, parameters);
      made.encode(recorder, lengthSlots);
      return family.names.map((name): [string, GPUBuffer] => [name, made.bufferOf(name)]);
    });
    const missing = names.filter((name) => !found.some(([known]) => known === name));
    if (missing.length > 0) throw new Error(`no family measures ${missing.join(", ")}`);
    const rows = found.map(async ([name, buffer]): Promise<[string, Float32Array]> => [
      name,
      new Float32Array(await read(buffer, kvHeadCount * lengthSlots)),
    ]);
    return Object.fromEntries(await Promise.all(rows));
  });
}

/** What every slot received, where every slot's query is given: the forward of a prompt in one chunk. */
function measureReceived(device: GPUDevice, { shape, keys, queries }: ProbedLayer): Promise<Float32Array> {
  const { kvHeadCount, headCount, lengthSlots } = shape;
  const input: ProbedWindow = { shape: { ...shape, windowSlots: lengthSlots }, keys, queries, groupPooling: "mean" };
  return withWindow(device, input, async ({ terms, source, recorder, read, pool }) => {
    const { params, slotTable } = source;
    const receivedSums = pool.storage("received sums", kvHeadCount * lengthSlots * 4);
    const overrides = { GROUP_SIZE: headCount / kvHeadCount, KV_HEAD_COUNT: kvHeadCount };
    const kernel = await kernelCacheOf(device).kernel({ spec: receivedAttentionKernel, overrides });
    terms.encodeProbabilities(recorder, lengthSlots);
    const { probabilities } = terms;
    const bound = boundKernel(device, kernel, { params, slotTable, probabilities, receivedSums });
    recorder.dispatchFor(bound, lengthSlots, kvHeadCount);
    return new Float32Array(await read(receivedSums, kvHeadCount * lengthSlots));
  });
}

/** Compaction, then the keys turned back. */
function rerotateKeys(device: GPUDevice, input: ProbedRerotation): Promise<Float32Array> {
  const { kvHeadCount, headDim, lengthSlots, keys, survivors, ropeTable } = input;
  const given: ProbeBuffers = {
    shape: { headCount: kvHeadCount, kvHeadCount, headDim },
    ...{ lengthSlots, windowSlots: 0, keys, values: keys, ropeTable },
    ...{ queries: new Float32Array(4), params: {} },
  };
  return withBuffers(device, given, async (source, _, { pool, recorder, read }) => {
    const { params, slotTable } = source;
    const rows = joinRows([...survivors], Int32Array);
    const slots = pool.filled("probe survivors", Uint32Array.of(...rows.offsets, ...rows.values));
    const overrides = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: kvHeadCount };
    const cache = kernelCacheOf(device);
    const compact = await cache.kernel({ spec: compactKernel, overrides });
    const turn = await cache.kernel({ spec: turnKeysBackKernel, overrides });
    const bound = { params, slotTable, survivors: slots, keys: source.keys };
    recorder.dispatchFor(boundKernel(device, compact, { ...bound, values: source.values }), headDim / 4, kvHeadCount);
    const turned = boundKernel(device, turn, { ...bound, ropeTable: source.ropeTable, tableRows: source.tableRows });
    recorder.dispatchFor(turned, headDim / 4, lengthSlots, kvHeadCount);
    const all = new Float32Array(await read(source.keys, keys.length));
    const headNumbers = lengthSlots * headDim;
    const kept = survivors.map(({ length }, head) =>
      all.slice(head * headNumbers, head * headNumbers + length * headDim),
    );
    return joinRows(kept, Float32Array).values;
  });
}

async function readRedundancy(
  { kvHeadCount, lengthSlots, paddingSlots }: ProbedKeys,
  { terms, recorder, read }: Prepared<RedundancyTerms>,
): Promise<ProbedRedundancy> {
  const count = kvHeadCount * lengthSlots;
  terms.encodeKeyNorm(recorder, lengthSlots);
  terms.encodeRedundancy(recorder, lengthSlots, "kernel");
  const [meanCosine, softmax, excusedSlots] = await Promise.all([
    read(terms.meanCosine, count),
    read(terms.softmax, count),
    read(terms.excusedSlots, count),
  ]);
  return {
    meanCosine: new Float32Array(meanCosine),
    softmax: new Float32Array(softmax),
    // The kernel leaves padding alone.
    excusedSlot: new Int32Array(excusedSlots).map((slot, at) => (at % lengthSlots < paddingSlots ? -1 : slot)),
  };
}

/**
 * Counted from the newest match, which one a direction forgives. The reference sorts the list "column where it matches,
 * else 0": its k-th smallest entry is the (n − k + 1)-th largest, and 0 where there are fewer matches.
 */
function retainedRank(lengthSlots: number, retention: RawRetention = { direction: "last", ratio: 0 }): number {
  const smallest = {
    last: lengthSlots,
    last_percent: lengthSlots,
    first: 1,
    first_percent: Math.floor(lengthSlots * retention.ratio),
  }[retention.direction];
  return lengthSlots - smallest + 1;
}

function withWindow<Result>(
  device: GPUDevice,
  { shape, keys, queries, groupPooling }: ProbedWindow,
  measure: (prepared: Prepared<WindowTerms>) => Promise<Result>,
): Promise<Result> {
  const { lengthSlots, windowSlots, paddingSlots, headCount, headDim } = shape;
  const given: ProbeBuffers = {
    shape,
    lengthSlots,
    windowSlots,
    keys,
    queries: headsInnermost(queries, headCount, headDim),
    params: {
      rowCount: windowSlots,
      queryRows: windowSlots,
      scoreStride: lengthSlots,
      scoreLayerStride: headCount * windowSlots * lengthSlots,
      paddingSlots,
      promptCount: lengthSlots,
      isMeanPooling: groupPooling === "mean" ? 1 : 0,
    },
  };
  return withBuffers(device, given, (source, layout, rest) =>
    measure({ ...rest, source, terms: new WindowTerms(source, layout) }),
  );
}

function withKeys<Result>(
  device: GPUDevice,
  { input, excusedRank = 1 }: { input: ProbedKeys; excusedRank?: number },
  measure: (prepared: Prepared<RedundancyTerms>) => Promise<Result>,
): Promise<Result> {
  const { kvHeadCount, headDim, lengthSlots, paddingSlots, keys } = input;
  const given: ProbeBuffers = {
    shape: { headCount: kvHeadCount, kvHeadCount, headDim },
    lengthSlots,
    windowSlots: 0,
    keys,
    queries: new Float32Array(4),
    params: { paddingSlots, excusedRank, scoreStride: lengthSlots },
  };
  return withBuffers(device, given, (source, layout, rest) =>
    measure({ ...rest, source, terms: new RedundancyTerms(source, layout) }),
  );
}
