// The KV slots of one sequence on the CPU, layer by layer. A layer takes one token's entries of all its KV heads together and
// gives back what attention and terms read; how it keeps them is its own business (a `KvCodec`): nothing else reads or writes
// the memory. As computed: plainKv.ts.

import { headCountOf, headRow, kvHeadOf, layerOf, type HeadGrid, type HeadRows } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { LayerReads } from "../reading/measureReads";

/** How the entries of a layer are kept. */
export interface KvCodec {
  /** Whether a layer wants keys from before the rotation too: the forward pass then keeps them. */
  readonly needsUnrotatedKeys: boolean;
  createLayer(shape: LayerShape): LayerKv;
}

export interface LayerShape {
  readonly layer: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** Slots of all KV heads together. */
  readonly slotCount: number;
}

/** One token's entries in one layer. The arrays are reused: a layer copies what it keeps. */
export interface TokenEntries {
  /** The slot in each KV head, the one behind those in use. [kvHead] */
  readonly slots: Int32Array;
  /** As attention sees them, after RoPE. [kvHead][headDim] */
  readonly keys: Float32Array;
  /** The same from before RoPE; null unless the codec needs them. [kvHead][headDim] */
  readonly unrotatedKeys: Float32Array | null;
  readonly values: Float32Array; // [kvHead][headDim]
  /** Where its keys are rotated to. */
  readonly place: number;
}

/** The slots of one layer. A slot is counted within its KV head. */
export interface LayerKv {
  /** How many slots each head may come to use at present. [kvHead] */
  readonly rooms: Int32Array;
  /** Bytes allocated for entries, all heads together. */
  readonly bytes: number;
  /** Bytes beside them that are no part of the cache. Absent: none. */
  readonly workBytes?: number;
  /** Bytes of one more slot in every head, once its entries are kept as the codec keeps them for good. */
  readonly bytesPerSlot: number;
  /** The same while they are as computed; absent where nothing is packed. */
  readonly fullBytesPerSlot?: number;
  storeToken(token: TokenEntries): void;
  /**
   * The slots that the queries of the token stored last read, ascending, chosen by these queries from before RoPE
   * ([head][headDim]): until the next token, products leave the others out (−Infinity; no value). Absent: every slot is read.
   */
  readonly chooseReads?: (queries: Float32Array) => readonly Int32Array[]; // [kvHead] of [slot]
  /** What that choice found, by the same queries after RoPE ([head][headDim]). Absent: nobody asks. */
  readonly measureReads?: (queries: Float32Array) => LayerReads;
  /**
   * Keys of a head's first slots as attention sees them, for terms and events: [slot][headDim]. Only to read, and good until
   * keys are asked for again or anything changes; values likewise.
   */
  keys(kvHead: number, slotCount: number): Float32Array;
  values(kvHead: number, slotCount: number): Float32Array; // [slot][headDim]
  /** rows[member][slot] = key of the slot · query, for as many slots as the rows are long. queries [member][headDim] */
  multiplyKeys(kvHead: number, queries: Float32Array, rows: readonly Float32Array[]): void;
  /** outputs[member] = Σ rows[member][slot] · value of the slot. [member][headDim] */
  addUpValues(kvHead: number, rows: readonly Float32Array[], outputs: Float32Array): void;
  /** Writes another key and value into a slot in use: what an event makes of several. */
  replaceEntry(kvHead: number, slot: number, key: Float32Array, value: Float32Array): void;
  /**
   * The slots that stay, ascending, become slots 0, 1, …; the others are gone. [kvHead] of [slot]
   * With `angles`, every key that stays is turned back by as many positions as its slot moves down.
   */
  keepSlots(survivors: readonly Int32Array[], angles: AnglesOf | null): void;
}

/** The angles of so many positions, as in ropeTable.ts. */
export type AnglesOf = (distance: number) => Float32Array;

export interface KvStore {
  readonly layers: readonly LayerKv[];
  readonly grid: HeadGrid;
  readonly needsUnrotatedKeys: boolean;
  /** Bytes of K and V for one slot over all layers and KV heads. */
  readonly bytesPerSlot: number;
  /** The same while entries are not packed yet. */
  readonly fullBytesPerSlot: number;
  /** Bytes of all layers. */
  readonly kvBytes: number;
  /** What layers keep beside their entries. */
  readonly workBytes: number;
}

/** `layerSlots`: slots of each layer, all its heads together. [layer] */
export function createKvStore(
  config: HeadGrid & Pick<ModelConfig, "headDim">,
  layerSlots: Int32Array,
  codec: KvCodec,
): KvStore {
  const { kvHeadCount, headDim } = config;
  const layers = Array.from(layerSlots, (slotCount, layer) =>
    codec.createLayer({ layer, kvHeadCount, headDim, slotCount }),
  );
  return {
    layers,
    grid: config,
    needsUnrotatedKeys: codec.needsUnrotatedKeys,
    bytesPerSlot: layers.reduce((bytes, layer) => bytes + layer.bytesPerSlot, 0),
    fullBytesPerSlot: layers.reduce(
      (bytes, { fullBytesPerSlot, bytesPerSlot }) => bytes + (fullBytesPerSlot ?? bytesPerSlot),
      0,
    ),
    kvBytes: layers.reduce((bytes, layer) => bytes + layer.bytes, 0),
    workBytes: layers.reduce((bytes, layer) => bytes + (layer.workBytes ?? 0), 0),
  };
}

/** How many slots each head may come to use at present. [head] */
export function roomsOf({ grid, layers }: KvStore): Int32Array {
  return Int32Array.from({ length: headCountOf(grid) }, (_, head) => {
    return layers[layerOf(grid, head)].rooms[kvHeadOf(grid, head)];
  });
}

/**
 * The surviving slots of each head, which ascend, become its slots from 0 on. With `angles`, their keys are turned back as far
 * as they move, so that they look contiguous (StreamingLLM, arXiv:2309.17453, section 3.2; NVIDIA/kvpress 8bb29b9,
 * key_rerotation_press.py).
 */
export function keepSlotsInPlace(
  { layers, grid }: KvStore,
  survivors: HeadRows<Int32Array>,
  angles: ((layer: number, distance: number) => Float32Array) | null = null,
): void {
  layers.forEach((layerKv, layer) => {
    const first = layer * grid.kvHeadCount;
    const ofLayer = Array.from({ length: grid.kvHeadCount }, (_, kvHead) => headRow(survivors, first + kvHead));
    layerKv.keepSlots(ofLayer, angles && ((distance) => angles(layer, distance)));
  });
}
