// What merging asks of a backend, through the kernels of a session.
import { joinRows } from "../../src/cache/headRows";
import { BufferPool } from "../../src/engine/gpu/bufferPool";
import { boundKernel, emptyStats, Recorder } from "../../src/engine/gpu/dispatch";
import { GpuMerges, type MergingParts, type PresentSession } from "../../src/engine/gpu/gpuMerges";
import { kernelCacheOf } from "../../src/engine/gpu/kernelCache";
import { compileMerges, type MergeKernels } from "../../src/engine/gpu/modelKernels";
import { encodeParams, PARAM_BYTES, type ParamValues } from "../../src/engine/gpu/params";
import type { HeadDims } from "./caseParts";
import { headPart, joinPlans, type MergeProbe, type ProbedMerge } from "./mergeProbe";
import { headsInnermost, readWords } from "./probeBuffers";

interface ProbedSlots extends HeadDims {
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly values: Float32Array; // [kvHead][slot][headDim]
  readonly queries: Float32Array; // [head][row][headDim]
}

interface Opened {
  readonly pool: BufferPool;
  readonly parts: MergingParts;
  readonly kernels: MergeKernels;
  readonly present: PresentSession;
  readonly rowCount: number;
}

/** One layer's slots in buffers of their own, for one call. */
async function withSlots<Result>(
  device: GPUDevice,
  input: ProbedSlots,
  decay: number,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const { headCount, kvHeadCount, headDim, lengthSlots } = input;
  const pool = new BufferPool(device);
  const config = { layerCount: 1, headCount, kvHeadCount, headDim };
  const kernels = await compileMerges(kernelCacheOf(device), config, decay);
  const params = pool.uniform("probe params", PARAM_BYTES);
  const rowCount = input.queries.length / headCount / headDim;
  const entries = Array.from({ length: kvHeadCount }, (_, kvHead) => [kvHead * lengthSlots, lengthSlots]);
  const writeParams = (values: ParamValues): void => {
    const sizes = { longestSlots: lengthSlots, slotCapacity: lengthSlots, slotTableStride: kvHeadCount };
    device.queue.writeBuffer(params, 0, encodeParams({ ...sizes, ...values }));
  };
  try {
    const buffers = {
      ...{ params, slotTable: pool.filled("probe slot table", Uint32Array.from(entries.flat())) },
      survivors: pool.storage("probe survivors", (kvHeadCount + 1 + kvHeadCount * lengthSlots) * 4),
      keys: pool.filled("probe keys", input.keys),
      values: pool.filled("probe values", input.values),
      queryRing: pool.filled("probe queries", headsInnermost(input.queries, headCount, headDim)),
      receivedSums: pool.storage("probe received sums", 0),
      slotBiases: pool.storage("probe biases", kvHeadCount * lengthSlots * 4),
    };
    const layout = { ringRows: rowCount, receivedLayerBytes: 0 };
    const lengths = new Int32Array(kvHeadCount).fill(lengthSlots);
    // The ring's newest row is its last.
    const present = { lengths, nextPosition: rowCount, writeParams };
    return await use({ pool, kernels, present, rowCount, parts: { device, config, layout, buffers } });
  } finally {
    pool.dispose();
  }
}

function mergesOf({ pool, parts, kernels, rowCount }: Opened, decay: number, lengthSlots: number): GpuMerges {
  const demand = { queryRows: rowCount, decay, needsReceived: false };
  const parameters = { merging: "cam", intervalSteps: lengthSlots, mergeSpread: lengthSlots } as const;
  const request = { slotCapacity: lengthSlots, parameters };
  return new GpuMerges(parts, { kernels, demand, request, pool }, emptyStats());
}

export function createGpuMergeProbe(device: GPUDevice): MergeProbe {
  return {
    mergeMeasures: (input, decay) =>
      withSlots(device, input, decay, async (opened) => {
        const survivors = joinRows([...input.survivors], Int32Array);
        const found = await mergesOf(opened, decay, input.lengthSlots).measure(survivors, opened.present);
        return input.survivors.map((_, kvHead) => ({
          partners: found.partners.values.slice(...range(found.partners.offsets, kvHead)),
          cosines: found.cosines.values.slice(...range(found.cosines.offsets, kvHead)),
          logScores: found.logScores.values.slice(...range(found.logScores.offsets, kvHead)),
          valueNorms: found.valueNorms.values.slice(...range(found.valueNorms.offsets, kvHead)),
        }));
      }),
    mergedSlots: (input, plans) =>
      withSlots(device, input, 0, async (opened) => {
        const merges = mergesOf(opened, 0, input.lengthSlots);
        const survivors = joinRows([...input.survivors], Int32Array);
        opened.present.writeParams(merges.params(opened.present));
        const recorder = new Recorder(device, emptyStats(), "merge probe");
        merges.record(recorder, { survivors, merges: joinPlans(plans) });
        recorder.submit();
        const kept = async (buffer: GPUBuffer): Promise<Float32Array> => {
          const words = input.kvHeadCount * input.lengthSlots * input.headDim;
          return keptRows(new Float32Array(await readWords(device, opened.pool, buffer, words)), input);
        };
        const { keys, values } = opened.parts.buffers;
        return { keys: await kept(keys), values: await kept(values) };
      }),
    biasedAttention: (input) =>
      withSlots(device, input, 0, async ({ pool, parts, kernels, present }) => {
        const { headCount, headDim, lengthSlots } = input;
        const { params, slotTable, keys, values, queryRing: queries } = parts.buffers;
        const probabilities = pool.storage("probe probabilities", headCount * lengthSlots * 4);
        const peaks = pool.storage("probe peaks", headCount * 4);
        const output = pool.storage("probe output", headCount * headDim * 4);
        const slotBiases = pool.filled("probe biases", input.logBias);
        present.writeParams({ rowCount: 1, scoreStride: lengthSlots });
        const bound = boundKernel(device, kernels.attentionDecode, {
          ...{ params, slotTable, queries, keys, values, probabilities, peaks, output, slotBiases },
        });
        const recorder = new Recorder(device, emptyStats(), "biased attention");
        recorder.dispatch(bound, [headCount]);
        recorder.submit();
        return {
          weights: new Float32Array(await readWords(device, pool, probabilities, headCount * lengthSlots)),
          output: new Float32Array(await readWords(device, pool, output, headCount * headDim)),
        };
      }),
  };
}

function range(offsets: Int32Array, head: number): [number, number] {
  return [offsets[head], offsets[head + 1]];
}

/** [kvHead][kept][headDim] */
function keptRows(rows: Float32Array, { survivors, kvHeadCount, headDim }: ProbedMerge): Float32Array {
  return joinRows(
    survivors.map((slots, kvHead) => {
      const own = headPart(rows, kvHeadCount, kvHead);
      return Float32Array.from({ length: slots.length * headDim }, (_, at) => {
        return own[slots[Math.floor(at / headDim)] * headDim + (at % headDim)];
      });
    }),
    Float32Array,
  ).values;
}
