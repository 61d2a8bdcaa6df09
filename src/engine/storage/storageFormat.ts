// How a run stores the entries of a layer, read from its parameters: what is packed, and how many bytes that takes. Every
// backend lays its memory out by these figures, and the page shows them.

import type { Packing } from "../../cache/packing";
import type { ModelConfig } from "../../model/config";
import type { MemorySummary } from "../../trace/trace";
import { layerBitsOf, type StorageParameters } from "../../policy/storageParameters";
import { groupsOfRow, type Grouping, type Quantiser } from "./quantiser";
import { wordsOfRun } from "./packedCodes";

/** Keys or values of a head, once they are packed. */
export type PackedNumbers =
  { readonly type: "half" } | ({ readonly type: "codes"; readonly quantiser: Quantiser } & Grouping);

export interface LayerFormat extends Packing {
  readonly keys: PackedNumbers;
  readonly values: PackedNumbers;
  /** What is packed is the deviation from the mean over the layer's KV heads, which is stored once per token. */
  readonly hasHeadMean: boolean;
}

/** Null where entries are kept as computed. */
export function layerFormat(
  parameters: StorageParameters,
  layer: number,
  { headDim }: Pick<ModelConfig, "headDim">,
): LayerFormat | null {
  const { storage, residualSlots, groupNumbers } = parameters;
  if (storage === "asComputed" || storage === "thin") return null;
  if (storage === "half") {
    return { keys: { type: "half" }, values: { type: "half" }, hasHeadMean: false, residualSlots: 0, blockSlots: 1 };
  }
  const ofLayer = layerBitsOf(parameters.layerBits)[layer];
  const codes = (bits: number, axis: Grouping["axis"]): PackedNumbers => ({
    type: "codes",
    quantiser: { bits, isSymmetric: storage !== "kivi" && parameters.isSymmetric, hasHalfNumbers: true },
    axis,
    groupSize: axis === "channels" ? Math.min(groupNumbers, headDim) : groupNumbers,
  });
  const keyAxis = storage === "kivi" ? "tokens" : parameters.groupAxis;
  const valueAxis = storage === "kivi" ? "channels" : parameters.groupAxis;
  return {
    keys: codes(ofLayer ?? Number(parameters.keyBits), keyAxis),
    values: codes(ofLayer ?? Number(parameters.valueBits), valueAxis),
    hasHeadMean: storage === "tada",
    residualSlots,
    blockSlots: keyAxis === "tokens" ? groupNumbers : 1,
  };
}

/** What the memory of a run says about its packing; null where entries are kept as computed. */
export function packingOf(
  parameters: StorageParameters,
  config: Pick<ModelConfig, "layerCount" | "kvHeadCount" | "headDim">,
  numberBytes: number,
): MemorySummary["packing"] | null {
  const format = layerFormat(parameters, 0, config);
  if (format === null) return null;
  const { layerCount, kvHeadCount, headDim } = config;
  const { residualSlots, blockSlots } = format;
  return { residualSlots, blockSlots, fullBytesPerSlot: layerCount * kvHeadCount * 2 * headDim * numberBytes };
}

/** The most slots of a head that are ever kept as computed. */
export function fullSlotsOf({ residualSlots, blockSlots }: LayerFormat): number {
  return residualSlots + blockSlots - 1;
}

/** Bytes of one packed slot in every head of a layer, the mean included. */
export function packedSlotBytes(
  format: LayerFormat,
  { kvHeadCount, headDim }: Pick<ModelConfig, "kvHeadCount" | "headDim">,
  sides: readonly ("keys" | "values")[] = ["keys", "values"],
): number {
  const { blockSlots } = format;
  const slots = { packedSlots: kvHeadCount * blockSlots, fullSlots: 0, meanSlots: blockSlots };
  const sizes = { headDim, numberBytes: Float32Array.BYTES_PER_ELEMENT, sides };
  return storedBytes(format, slots, sizes).total / blockSlots;
}

/** Bytes of a head's keys or values in a block of slots. */
export interface BlockBytes {
  /** Codes, or numbers of 16 bits. */
  readonly codes: number;
  /** Scales and lowest numbers, 16 bits each. */
  readonly groupNumbers: number;
}

export function blockBytes(packed: PackedNumbers, blockSlots: number, headDim: number): BlockBytes {
  if (packed.type === "half") return { codes: 2 * blockSlots * headDim, groupNumbers: 0 };
  const { quantiser, axis, groupSize } = packed;
  const groups = groupsOfRow(packed, headDim) * (axis === "channels" ? blockSlots : blockSlots / groupSize);
  return {
    codes: 4 * wordsOfRun(blockSlots * headDim, quantiser.bits),
    groupNumbers: 2 * groups * (quantiser.isSymmetric ? 1 : 2),
  };
}

/** Bytes by part. */
export interface StoredBytes {
  readonly codes: number;
  readonly groupNumbers: number;
  /** Means over heads, keys and values. */
  readonly means: number;
  /** Entries as computed. */
  readonly full: number;
  readonly total: number;
}

interface StoredSlots {
  /** Of every head together: whole blocks. */
  readonly packedSlots: number;
  /** Of every head together. */
  readonly fullSlots: number;
  /** Tokens that have a mean. */
  readonly meanSlots: number;
}

interface StoredSizes {
  readonly headDim: number;
  /** Of a number as computed, 4 in float32. */
  readonly numberBytes: number;
  /** What is stored at all: latents keep values alone. Absent: both. */
  readonly sides?: readonly ("keys" | "values")[];
}

/** Bytes of so many slots of a layer. */
export function storedBytes(
  format: LayerFormat,
  { packedSlots, fullSlots, meanSlots }: StoredSlots,
  { headDim, numberBytes, sides = ["keys", "values"] }: StoredSizes,
): StoredBytes {
  const { blockSlots, hasHeadMean } = format;
  const blockCount = packedSlots / blockSlots;
  const blocks = sides.map((side) => blockBytes(format[side], blockSlots, headDim));
  const codes = blocks.reduce((bytes, block) => bytes + blockCount * block.codes, 0);
  const groupNumbers = blocks.reduce((bytes, block) => bytes + blockCount * block.groupNumbers, 0);
  const means = hasHeadMean ? meanSlots * sides.length * headDim * 2 : 0;
  const full = fullSlots * sides.length * headDim * numberBytes;
  return { codes, groupNumbers, means, full, total: codes + groupNumbers + means + full };
}
