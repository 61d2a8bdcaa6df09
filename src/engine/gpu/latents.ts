// Reading through latents on the GPU: what a session keeps for it, and its kernels in each pass. Latents and values are the cache;
// the session's `keys` are the whole keys of layers read whole and, for the others, a work area for reconstructed keys.
//
//   prefill   rope → store latents → all keys → scores, softmax, mix
//   step      rope → store latent → select → keys of the selected → attention over them        one submit
//   event     all keys of all layers → terms;  compact latents
import { emptyRows, headCountOf, joinRows, type HeadRows } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { KeyBasis } from "../../model/keyBasis";
import type { ForwardResult } from "../backend";
import { layerBasis, type LatentReading } from "../reading/latentReading";
import type { BufferPool } from "./bufferPool";
import { boundKernel, Recorder, type BoundKernel, type DeviceStats } from "./dispatch";
import type { GpuWeights } from "./gpuWeights";
import { allOf, type BufferBinding, type Kernel, type KernelCache } from "./kernelCache";
import { flag, type KernelSpec, type OverrideValues } from "./kernelSpec";
import {
  attentionSelectedKernel,
  compactLatentsKernel,
  latentKeysKernel,
  latentSelectKernel,
  latentStoreKernel,
} from "./kernels/latentKernels";
import { alignedBytes, peakLayerBytes, type SessionBuffers, type SessionLayout } from "./sessionBuffers";
import { layersOf } from "./windowTerms";

interface LatentKernels {
  readonly store: Kernel;
  readonly select: Kernel;
  readonly selectedKeys: Kernel;
  readonly allKeys: Kernel;
  readonly attention: Kernel;
  readonly compact: Kernel;
}

/** Sizes of a session that reads through latents. */
interface LatentShape {
  /** r as kept: no more than the basis has directions. */
  readonly rank: number;
  /** Layers with latents, ascending. */
  readonly layers: readonly number[];
  /** KV heads that read the same slots. */
  readonly setHeads: number;
  readonly setCount: number;
  /** Slots that a set reads at most. */
  readonly mostRead: number;
  readonly latentLayerBytes: number;
  readonly directionLayerBytes: number;
  readonly readLayerBytes: number;
}

/** What is compiled and loaded before a session is made. */
export interface CompiledLatents {
  readonly kernels: LatentKernels;
  readonly reading: LatentReading;
  readonly basis: KeyBasis;
  readonly shape: LatentShape;
}

type Sizes = Pick<ModelConfig, "layerCount" | "headCount" | "kvHeadCount" | "headDim" | "hasQkNorm" | "rmsNormEpsilon">;

export async function compileLatents(
  cache: KernelCache,
  config: Sizes,
  { reading, basis, slotCapacity }: { reading: LatentReading; basis: KeyBasis; slotCapacity: number },
): Promise<CompiledLatents> {
  const { headCount, kvHeadCount, headDim } = config;
  const shape = latentShape(config, reading, basis, slotCapacity);
  const { rank, setHeads } = shape;
  const heads = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount, RANK: rank };
  const sets = { SET_HEADS: setHeads, READ_STRIDE: shape.mostRead + 1 };
  const unrotated = { HEAD_COUNT: headCount, HAS_QK_NORM: flag(config.hasQkNorm), EPSILON: config.rmsNormEpsilon };
  const GROUP_SIZE = headCount / kvHeadCount;
  const plain = (spec: KernelSpec, overrides: OverrideValues): Promise<Kernel> => cache.kernel({ spec, overrides });
  const kernels = await allOf({
    store: plain(latentStoreKernel, { ...heads, ...unrotated }),
    select: plain(latentSelectKernel, {
      ...{ ...heads, ...unrotated, ...sets, SCORE_RANK: Math.min(reading.scoreRank, rank) },
      ...{ TOP_SLOTS: reading.topSlots, SINK_SLOTS: reading.sinkSlots, RECENT_SLOTS: reading.recentSlots },
    }),
    selectedKeys: plain(latentKeysKernel, { ...heads, ...sets, IS_SELECTED: flag(true) }),
    allKeys: plain(latentKeysKernel, { ...heads, ...sets, IS_SELECTED: flag(false) }),
    attention: plain(attentionSelectedKernel, { HEAD_VECTORS: headDim / 4, GROUP_SIZE, ...sets }),
    compact: plain(compactLatentsKernel, {
      ...{ KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: headCountOf(config), RANK: rank },
      LAYER_STRIDE: shape.latentLayerBytes / 4,
    }),
  });
  return { kernels, reading, basis, shape };
}

function latentShape(config: Sizes, reading: LatentReading, basis: KeyBasis, slotCapacity: number): LatentShape {
  const { kvHeadCount, headDim } = config;
  const width = kvHeadCount * headDim;
  const { rank } = layerBasis(basis, 0, reading, width);
  const { sinkSlots, recentSlots, topSlots } = reading;
  const setHeads = reading.chosenBy === "layer" ? kvHeadCount : 1;
  const setCount = kvHeadCount / setHeads;
  const mostRead = Math.min(slotCapacity, sinkSlots + recentSlots + topSlots);
  return {
    ...{ rank, setHeads, setCount, mostRead },
    layers: reading.isDense.flatMap((isDense, layer) => (isDense ? [] : [layer])),
    latentLayerBytes: alignedBytes(slotCapacity * (rank + 1) * 4),
    directionLayerBytes: alignedBytes(rank * width * 4),
    readLayerBytes: alignedBytes(setCount * (mostRead + 1) * 4),
  };
}

/** One layer's kernels, bound. */
interface LayerLatents {
  readonly store: BoundKernel;
  readonly select: BoundKernel;
  readonly selectedKeys: BoundKernel;
  readonly allKeys: BoundKernel;
  readonly attention: BoundKernel;
}

export interface LatentHost {
  readonly device: GPUDevice;
  readonly config: ModelConfig;
  readonly buffers: SessionBuffers;
  readonly layout: SessionLayout;
  readonly weights: GpuWeights;
  readonly slotCapacity: number;
}

export class GpuLatents {
  /** Of latents, for all slots. */
  readonly latentBytes: number;
  /** Of reconstructed keys, which are no part of the cache. */
  readonly workBytes: number;
  readonly readBytes: number;
  readonly reads: GPUBuffer;
  private readonly layers: ReadonlyMap<number, LayerLatents>;
  private readonly compaction: BoundKernel;

  constructor(
    private readonly host: LatentHost,
    private readonly compiled: CompiledLatents,
    pool: BufferPool,
  ) {
    const { device, config, buffers, slotCapacity } = host;
    const { kernels, shape } = compiled;
    const count = shape.layers.length;
    const latents = pool.storage("latents", count * shape.latentLayerBytes);
    this.reads = pool.storage("slots read", count * shape.readLayerBytes);
    this.latentBytes = count * shape.latentLayerBytes;
    this.workBytes = count * slotCapacity * config.kvHeadCount * config.headDim * 4;
    this.readBytes = count * shape.readLayerBytes;
    const directions = pool.filled("directions", this.directionsInRows());
    const scores = pool.storage("latent scores", shape.setCount * 2 * slotCapacity * 4);
    const latentLayers = pool.filled("layers with latents", Uint32Array.from(shape.layers));
    this.layers = new Map(
      shape.layers.map((layer, place) => {
        const slotTable = layersOf(buffers.slotTable, host.layout.slotTableLayerBytes, layer);
        const { params, keys, values, queries, mixed, qkv } = buffers;
        const ropeTable = buffers.layerRopeTable(layer);
        const shared = {
          ...{ params, slotTable, ropeTable, keys, scores, qkv, qkNorm: host.weights.layers[layer].qkNorm },
          directions: layersOf(directions, shape.directionLayerBytes, place),
          latents: layersOf(latents, shape.latentLayerBytes, place),
          readSlots: layersOf(this.reads, shape.readLayerBytes, place),
        };
        const bind = (kernel: Kernel, more: Readonly<Record<string, BufferBinding>> = {}): BoundKernel =>
          boundKernel(device, kernel, { ...shared, ...more });
        const bound: LayerLatents = {
          store: bind(kernels.store),
          select: bind(kernels.select),
          selectedKeys: bind(kernels.selectedKeys),
          allKeys: bind(kernels.allKeys),
          attention: bind(kernels.attention, {
            ...{ queries, values },
            probabilities: layersOf(buffers.probabilities, host.layout.scoreLayerBytes, layer),
            peaks: layersOf(buffers.peaks, peakLayerBytes(config), layer),
            output: mixed,
          }),
        };
        return [layer, bound];
      }),
    );
    this.compaction = boundKernel(device, kernels.compact, { latentLayers, survivors: buffers.survivors, latents });
  }

  has(layer: number): boolean {
    return this.layers.has(layer);
  }

  /** Bytes of one more slot in every head of every layer. */
  get bytesPerSlot(): number {
    const { layerCount, kvHeadCount, headDim } = this.host.config;
    const { layers, rank } = this.compiled.shape;
    return 4 * (layerCount * 2 * kvHeadCount * headDim - layers.length * (kvHeadCount * headDim - rank - 1));
  }

  /** Behind the rotation of new rows, for what reads every slot: their latents, and then all keys of the layer. */
  recordWhole(recorder: Recorder, layer: number, rowCount: number, longestSlots: number): void {
    const bound = this.layers.get(layer);
    if (bound === undefined) return;
    this.recordStore(recorder, bound, rowCount);
    this.recordAllKeys(recorder, bound, longestSlots);
  }

  /** Attention of a decode step over what it selects. */
  recordSelected(recorder: Recorder, layer: number): void {
    const bound = this.layers.get(layer);
    if (bound === undefined) return;
    const { setCount, mostRead } = this.compiled.shape;
    this.recordStore(recorder, bound, 1);
    recorder.dispatch(bound.select, [setCount]);
    recorder.dispatchFor(bound.selectedKeys, this.pairCount, mostRead);
    recorder.dispatch(bound.attention, [this.host.config.headCount]);
  }

  /** All keys of all layers, as terms see them. */
  recordEvent(recorder: Recorder, longestSlots: number): void {
    for (const bound of this.layers.values()) this.recordAllKeys(recorder, bound, longestSlots);
  }

  recordCompaction(recorder: Recorder): void {
    const { rank, layers } = this.compiled.shape;
    if (layers.length > 0) recorder.dispatchFor(this.compaction, rank + 1, layers.length);
  }

  /** Terms see the keys that latents give back. */
  reconstructKeys(longestSlots: number, stats: DeviceStats): void {
    const recorder = new Recorder(this.host.device, stats, "keys of an event");
    this.recordEvent(recorder, longestSlots);
    recorder.submit();
  }

  /** Of a step's results, which end with the reads. Nothing is selected in the prefill: empty rows. */
  readsOf(
    bytes: ArrayBuffer,
    { step, lengths }: { readonly step: number; readonly lengths: Int32Array },
  ): Pick<ForwardResult, "readSlots"> {
    if (step === 0) return { readSlots: emptyRows(lengths.length, Int32Array) };
    return { readSlots: this.decodeReads(bytes, bytes.byteLength - this.readBytes) };
  }

  /** The slots that each head read, from the bytes of `reads`; empty rows in layers read whole. */
  private decodeReads(bytes: ArrayBuffer, at: number): HeadRows<Int32Array> {
    const { layerCount, kvHeadCount } = this.host.config;
    const { layers, setHeads, mostRead, readLayerBytes } = this.compiled.shape;
    const rows = Array.from({ length: layerCount * kvHeadCount }, (_, head) => {
      const place = layers.indexOf(Math.floor(head / kvHeadCount));
      if (place < 0) return new Int32Array(0);
      const set = Math.floor((head % kvHeadCount) / setHeads);
      const start = at + place * readLayerBytes + set * (mostRead + 1) * 4;
      const [count] = new Uint32Array(bytes, start, 1);
      return new Int32Array(bytes, start + 4, count).slice();
    });
    return joinRows(rows, Int32Array);
  }

  private get pairCount(): number {
    const { kvHeadCount, headDim } = this.host.config;
    return (kvHeadCount * headDim) / 4;
  }

  private recordStore(recorder: Recorder, { store }: LayerLatents, rowCount: number): void {
    recorder.dispatchFor(store, this.compiled.shape.rank + 1, rowCount);
  }

  private recordAllKeys(recorder: Recorder, { allKeys }: LayerLatents, longestSlots: number): void {
    recorder.dispatchFor(allKeys, this.pairCount, longestSlots);
  }

  private directionsInRows(): Float32Array<ArrayBuffer> {
    const { basis, reading, shape } = this.compiled;
    const { kvHeadCount, headDim } = this.host.config;
    const stride = shape.directionLayerBytes / 4;
    const rows = new Float32Array(shape.layers.length * stride);
    shape.layers.forEach((layer, place) =>
      rows.set(layerBasis(basis, layer, reading, kvHeadCount * headDim).directions, place * stride),
    );
    return rows;
  }
}
