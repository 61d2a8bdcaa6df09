// What a GPU session that packs its entries has besides: the kernels that pack what a forward pushes out of the newest slots, and
// those that close the layers up after an event.
//
//   decode    rope → pack → keep → attention                prefill    rope → pack → attention, row by row → keep
//   event     copy of a layer → its survivors, block by block, where they are now
import { headCountOf } from "../../cache/headRows";
import { packedCountOf } from "../../cache/packing";
import type { ModelConfig } from "../../model/config";
import type { BufferPool } from "./bufferPool";
import { boundKernel, type BoundKernel, type Recorder } from "./dispatch";
import { allOf, type Kernel, type KernelCache } from "./kernelCache";
import { flag } from "./kernelSpec";
import { keepSlotsKernel, packSlotsKernel, repackSlotsKernel } from "./kernels/packedKernels";
import { fullSlotsOf } from "../storage/storageFormat";
import type { PackedStorage } from "./packedStorage";
import type { SessionBuffers, SessionLayout } from "./sessionBuffers";
import { layersOf } from "./windowTerms";

interface PackingKernels {
  readonly pack: Kernel;
  readonly keep: Kernel;
  readonly repack: Kernel;
}

/** What is compiled before a session is made. */
export interface CompiledPacking {
  readonly storage: PackedStorage;
  readonly kernels: PackingKernels;
}

export async function compilePacking(
  cache: KernelCache,
  config: ModelConfig,
  storage: PackedStorage,
  isRotated: boolean,
): Promise<CompiledPacking> {
  const HEAD_VECTORS = config.headDim / 4;
  const kernels = await allOf({
    pack: cache.kernel({ spec: packSlotsKernel, overrides: { HEAD_VECTORS } }),
    keep: cache.kernel({ spec: keepSlotsKernel, overrides: { HEAD_VECTORS } }),
    repack: cache.kernel({
      spec: repackSlotsKernel,
      overrides: { HEAD_VECTORS, HEAD_TOTAL: headCountOf(config), IS_ROTATED: flag(isRotated) },
    }),
  });
  return { storage, kernels };
}

interface PackedHost {
  readonly device: GPUDevice;
  readonly config: ModelConfig;
  readonly buffers: SessionBuffers;
  readonly layout: SessionLayout;
}

interface LayerPacking {
  readonly pack: BoundKernel;
  readonly keep: BoundKernel;
  readonly repack: BoundKernel;
}

export class PackedSession {
  readonly storage: PackedStorage;
  private readonly layers: readonly LayerPacking[];
  private readonly filledBlocks: Int32Array; // [layer]
  private readonly oldTable: GPUBuffer;
  private readonly oldKeys: GPUBuffer;
  private readonly oldValues: GPUBuffer;

  constructor(
    private readonly host: PackedHost,
    { storage, kernels }: CompiledPacking,
    pool: BufferPool,
  ) {
    this.storage = storage;
    const { device, config, buffers, layout } = host;
    this.filledBlocks = new Int32Array(config.layerCount);
    this.oldTable = pool.storage("slot table before an event", buffers.slotTable.size);
    this.oldKeys = pool.storage("keys of a layer before an event", storage.keys.copyBytes);
    this.oldValues = pool.storage("values of a layer before an event", storage.values.copyBytes);
    const { oldKeys, oldValues } = this;
    this.layers = storage.keys.layers.map((_, layer) => {
      const ofLayer = (table: GPUBuffer) => layersOf(table, layout.slotTableLayerBytes, layer);
      const { params, survivors, keys, values } = buffers;
      const ropeTable = buffers.layerRopeTable(layer);
      const shared = { params, slotTable: ofLayer(buffers.slotTable), keys, values };
      return {
        pack: boundKernel(device, kernels.pack, shared),
        keep: boundKernel(device, kernels.keep, shared),
        repack: boundKernel(device, kernels.repack, {
          ...{ ...shared, oldTable: ofLayer(this.oldTable), survivors, ropeTable, oldKeys, oldValues },
        }),
      };
    });
  }

  /** The slots of each head with those that the next forward adds, which is recorded next. [head] */
  beginForward(lengths: Int32Array, rowCount: number): void {
    const { format } = this.storage;
    const { kvHeadCount } = this.host.config;
    this.filledBlocks.fill(0);
    lengths.forEach((length, head) => {
      const packed = packedCountOf(format, length) - packedCountOf(format, length - rowCount);
      const layer = Math.floor(head / kvHeadCount);
      this.filledBlocks[layer] = Math.max(this.filledBlocks[layer], packed / format.blockSlots);
    });
  }

  /** Before the attention of a layer: the blocks that the forward fills. */
  recordPack(recorder: Recorder, layer: number): void {
    const blocks = this.filledBlocks[layer];
    if (blocks > 0) recorder.dispatch(this.layers[layer].pack, [blocks, this.host.config.kvHeadCount, 2]);
  }

  /** What the forward adds and does not fill a block. */
  recordKeep(recorder: Recorder, layer: number, rowCount: number): void {
    const { kvHeadCount, headDim } = this.host.config;
    const count = Math.min(rowCount, fullSlotsOf(this.storage.format));
    if (count > 0) recorder.dispatchFor(this.layers[layer].keep, count * headDim, kvHeadCount);
  }

  /**
   * The slots that stay, with the table of the slots as they were, and with that of the slots as they will be in place: `kept` of
   * each head.
   */
  recordEvent(recorder: Recorder, oldTable: Uint32Array<ArrayBuffer>, kept: Int32Array): void {
    const { device, buffers, config } = this.host;
    device.queue.writeBuffer(this.oldTable, 0, oldTable);
    const { format, keys, values } = this.storage;
    const blocks = Math.max(...kept.map((count) => packedCountOf(format, count) / format.blockSlots));
    this.layers.forEach(({ repack }, layer) => {
      for (const [from, to, { firsts, layers }] of [
        [buffers.keys, this.oldKeys, keys],
        [buffers.values, this.oldValues, values],
      ] as const) {
        recorder.copy({ from, fromBytes: 4 * firsts[layer], to, byteCount: 4 * layers[layer].total });
      }
      recorder.dispatch(repack, [blocks + 1, config.kvHeadCount, 2]);
    });
  }
}
