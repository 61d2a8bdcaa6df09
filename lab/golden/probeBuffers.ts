// Buffers of one call of the GPU probe (gpuTermProbe.ts): filled from arrays, bound as a session binds its own.
import { BufferPool } from "../../src/engine/gpu/bufferPool";
import { emptyStats, Recorder } from "../../src/engine/gpu/dispatch";
import { kernelCacheOf } from "../../src/engine/gpu/kernelCache";
import { encodeParams, PARAM_BYTES, type ParamValues } from "../../src/engine/gpu/params";
import { createTermKernels, type HeadShape } from "../../src/engine/gpu/termKernels";
import type { TermLayout, TermSource } from "../../src/engine/gpu/windowTerms";
import { drawnMatrices, type TermMatrices } from "../../src/engine/terms/termMatrices";

export interface Prepared<Terms> {
  readonly terms: Terms;
  readonly source: TermSource;
  readonly pool: BufferPool;
  readonly recorder: Recorder;
  /** Submits what was recorded, unless that has happened, and reads this many words. */
  readonly read: (buffer: GPUBuffer, wordCount: number) => Promise<ArrayBuffer>;
}

export interface ProbeBuffers {
  readonly shape: HeadShape;
  readonly lengthSlots: number;
  readonly windowSlots: number;
  readonly keys: Float32Array;
  readonly queries: Float32Array;
  readonly params: ParamValues;
  readonly values?: Float32Array;
  readonly receivedSums?: Float32Array;
  readonly positions?: Int32Array;
  readonly ropeTable?: Float32Array;
  readonly outputWeight?: Float32Array;
  readonly matrices?: TermMatrices;
}

export async function withBuffers<Result>(
  device: GPUDevice,
  given: ProbeBuffers,
  measure: (
    source: TermSource,
    layout: TermLayout,
    rest: Pick<Prepared<never>, "pool" | "recorder" | "read">,
  ) => Promise<Result>,
): Promise<Result> {
  const { shape, lengthSlots, windowSlots } = given;
  const kernels = await createTermKernels(kernelCacheOf(device), shape);
  const pool = new BufferPool(device);
  try {
    const keys = pool.filled("probe keys", given.keys);
    const entries = Array.from({ length: shape.kvHeadCount }, (_, kvHead) => [kvHead * lengthSlots, lengthSlots]);
    const slotTable = pool.filled("probe slot table", Uint32Array.from(entries.flat()));
    const queries = pool.filled("probe queries", given.queries);
    const params = pool.uniform("probe params", PARAM_BYTES);
    device.queue.writeBuffer(
      params,
      0,
      encodeParams({
        longestSlots: lengthSlots,
        slotCapacity: lengthSlots,
        slotTableStride: shape.kvHeadCount,
        ...given.params,
      }),
    );
    const layout: TermLayout = {
      shape: { ...shape, layerCount: 1 },
      slotCapacity: lengthSlots,
      windowSlots,
      slotTableLayerBytes: slotTable.size,
      queryLayerBytes: given.queries.byteLength,
    };
    const recorder = new Recorder(device, emptyStats(), "term probe");
    let isSubmitted = false;
    const read = async (buffer: GPUBuffer, wordCount: number): Promise<ArrayBuffer> => {
      if (!isSubmitted) recorder.submit();
      isSubmitted = true;
      return readWords(device, pool, buffer, wordCount);
    };
    const one = new Float32Array(4);
    const positions = given.positions ?? Int32Array.from({ length: lengthSlots }, (_, slot) => slot);
    const rows = Array.from({ length: shape.kvHeadCount }, () => [...positions]);
    const source: TermSource = {
      ...{ device, pool, kernels, params, slotTable, keys, queries },
      values: pool.filled("probe values", given.values ?? one),
      positions: pool.filled("probe positions", Uint32Array.from(rows.flat())),
      slotBiases: pool.filled("probe slot biases", one),
      receivedSums: pool.filled("probe received sums", given.receivedSums ?? one),
      ropeTable: pool.filled("probe rope table", given.ropeTable ?? one),
      tableRows: pool.filled("probe table rows", Uint32Array.of(0)),
      matrices: given.matrices ?? drawnMatrices(0, shape, null),
      outputWeights: [pool.filled("probe output weight", given.outputWeight ?? one)],
    };
    return await measure(source, layout, { pool, recorder, read });
  } finally {
    pool.dispose();
  }
}

/** The first words of a buffer, through a buffer of the pool. */
export async function readWords(
  device: GPUDevice,
  pool: BufferPool,
  from: GPUBuffer,
  wordCount: number,
): Promise<ArrayBuffer> {
  const readBack = pool.readBack("probe results", wordCount * 4);
  const copy = new Recorder(device, emptyStats(), "term probe results");
  copy.copy({ from, to: readBack, byteCount: wordCount * 4 });
  copy.submit();
  await readBack.mapAsync(GPUMapMode.READ);
  return readBack.getMappedRange().slice(0, wordCount * 4);
}

/** [head][row][headDim] as the session keeps it: [row][head][headDim]. */
export function headsInnermost(queries: Float32Array, headCount: number, headDim: number): Float32Array {
  const rowCount = queries.length / headCount / headDim;
  const turned = new Float32Array(queries.length);
  for (let head = 0; head < headCount; head++) {
    for (let row = 0; row < rowCount; row++) {
      const from = (head * rowCount + row) * headDim;
      turned.set(queries.subarray(from, from + headDim), (row * headCount + head) * headDim);
    }
  }
  return turned;
}
