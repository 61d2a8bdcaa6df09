// Window attention and its statistics on the GPU, over all layers, as many at a time as the scratch allows.
//
//   ring of queries ─┐
//   keys ────────────┴► scores ► softmax ► joined over the group: mean, deviation, head that brought most
import { headCountOf, type HeadGrid } from "../../cache/headRows";
import type { TermMatrices } from "../terms/termMatrices";
import type { BufferPool } from "./bufferPool";
import { boundKernel, type BoundKernel, type Recorder } from "./dispatch";
import type { BufferBinding } from "./kernelCache";
import type { HeadShape, TermKernels } from "./termKernels";

/** Scores of the window may take this much; more layers are done one batch after the other. */
const SCRATCH_BYTES = 32 * 2 ** 20;

export interface TermLayout {
  readonly shape: HeadShape & HeadGrid;
  readonly slotCapacity: number;
  readonly windowSlots: number;
  /** Bytes from one layer's part of the slot table to the next; a multiple of 256 where there are several layers. */
  readonly slotTableLayerBytes: number;
  /** The same for the ring of queries. */
  readonly queryLayerBytes: number;
  /** Also what stands behind the terms. Absent: no. */
  readonly hasEvidence?: boolean;
}

export interface TermSource {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  readonly kernels: TermKernels;
  readonly params: GPUBuffer;
  readonly slotTable: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly queries: GPUBuffer;
  /** Original position of every slot; empty where no term reads it. [layer][kvHead][slotCapacity] */
  readonly positions: GPUBuffer;
  /** What each slot received since it was written; see shaders/common/receivedRow.wgsl. Empty where no term asks for it. */
  readonly receivedSums: GPUBuffer;
  /** By row of keys; empty where nothing is merged. */
  readonly slotBiases: GPUBuffer;
  /** As in SessionBuffers. */
  readonly ropeTable: GPUBuffer;
  readonly tableRows: GPUBuffer;
  /** Output projections, in the type of the weights. [layer] of [hidden][head · headDim] */
  readonly outputWeights: readonly GPUBuffer[];
  readonly matrices: TermMatrices;
}

interface Batch {
  readonly slotTable: BufferBinding;
  readonly firstLayer: number;
  readonly layerCount: number;
  readonly scores: BoundKernel;
  readonly softmax: BoundKernel;
  readonly statistics: BoundKernel;
  readonly votes: BoundKernel;
}

export interface StatisticsTarget {
  readonly buffer: GPUBuffer;
  /** Where [layer][kvHead][candidate of longestSlots] of each goes. */
  readonly meanBytes: number;
  readonly deviationBytes: number;
  /** The same of the voting heads, as words; null where nobody asks for them. */
  readonly votingHeadsBytes: number | null;
}

export class WindowTerms {
  /** Of the last batch: [layer][head][row][slot of scoreStride]. */
  readonly probabilities: GPUBuffer;
  private readonly mean: GPUBuffer;
  private readonly deviation: GPUBuffer;
  private readonly votingHeads: GPUBuffer;
  readonly batches: readonly Batch[];

  constructor(
    source: TermSource,
    private readonly layout: TermLayout,
  ) {
    const { shape, windowSlots, slotCapacity } = layout;
    const { layerCount } = shape;
    const rowBytes = windowSlots * slotCapacity * 4;
    const batchLayers = Math.max(1, Math.min(layerCount, Math.floor(SCRATCH_BYTES / (shape.headCount * rowBytes))));
    const { pool } = source;
    this.probabilities = pool.storage("window probabilities", batchLayers * shape.headCount * rowBytes);
    const statisticsBytes = batchLayers * shape.kvHeadCount * slotCapacity * 4;
    this.mean = pool.storage("window mean", statisticsBytes);
    this.deviation = pool.storage("window deviation", statisticsBytes);
    this.votingHeads = pool.storage("voting heads", statisticsBytes);
    const starts = Array.from({ length: Math.ceil(layerCount / batchLayers) }, (_, batch) => batch * batchLayers);
    this.batches = starts.map((firstLayer) =>
      this.createBatch(source, firstLayer, Math.min(batchLayers, layerCount - firstLayer)),
    );
  }

  /** Mean, deviation and, where asked for, voting heads of every layer, copied to the target. */
  encodeStatistics(recorder: Recorder, longestSlots: number, target: StatisticsTarget): void {
    const { kvHeadCount } = this.layout.shape;
    const candidateCount = longestSlots - this.layout.windowSlots;
    for (const batch of this.batches) {
      const kvHeadTotal = headCountOf({ layerCount: batch.layerCount, kvHeadCount });
      this.encodeProbabilities(recorder, longestSlots, batch);
      recorder.dispatchFor(batch.statistics, candidateCount, kvHeadTotal);
      if (target.votingHeadsBytes !== null) {
        recorder.dispatchFor(batch.votes, candidateCount, kvHeadTotal);
      }
      const rowBytes = kvHeadCount * longestSlots * 4;
      for (const [from, start] of [
        [this.mean, target.meanBytes],
        [this.deviation, target.deviationBytes],
        [this.votingHeads, target.votingHeadsBytes],
      ] as const) {
        if (start === null) continue;
        recorder.copy({
          from,
          to: target.buffer,
          toBytes: start + batch.firstLayer * rowBytes,
          byteCount: batch.layerCount * rowBytes,
        });
      }
    }
  }

  /** Softmax of every row over the slots it may see, of a single batch. */
  encodeProbabilities(recorder: Recorder, longestSlots: number, batch = this.batches[0]): void {
    const { shape, windowSlots } = this.layout;
    const tiles = Math.ceil(longestSlots / 4);
    const rowTiles = Math.ceil(windowSlots / 4);
    recorder.dispatchFor(batch.scores, tiles, shape.headCount * rowTiles, batch.layerCount);
    recorder.dispatch(batch.softmax, [windowSlots, shape.headCount, batch.layerCount]);
  }

  private createBatch(source: TermSource, firstLayer: number, layerCount: number): Batch {
    const { device, kernels, params, keys, queries } = source;
    const { slotTableLayerBytes, queryLayerBytes } = this.layout;
    const { probabilities, mean, deviation, votingHeads } = this;
    const slotTable = layersOf(source.slotTable, slotTableLayerBytes, firstLayer, layerCount);
    const bind = boundKernel.bind(null, device);
    return {
      slotTable,
      firstLayer,
      layerCount,
      scores: bind(kernels.attentionScores, {
        params,
        slotTable,
        queries: layersOf(queries, queryLayerBytes, firstLayer, layerCount),
        ...{ keys, slotBiases: source.slotBiases },
        scores: probabilities,
      }),
      softmax: bind(kernels.attentionSoftmax, { params, slotTable, probabilities }),
      statistics: bind(kernels.windowStatistics, { params, slotTable, probabilities, mean, deviation }),
      votes: bind(kernels.votingHeads, { params, slotTable, probabilities, votingHeads }),
    };
  }
}

/** The part of a buffer that holds some layers. */
export function layersOf(buffer: GPUBuffer, layerBytes: number, firstLayer: number, layerCount = 1): BufferBinding {
  return { buffer, offset: firstLayer * layerBytes, size: layerCount * layerBytes };
}
