// How a session that packs its entries lays them out on the device: the constants of its kernels, words of every part, and the
// records that tell kernels where a layer's parts begin (shaders/common/kvPacked.wgsl).
import type { ModelConfig } from "../../model/config";
import type { StorageParameters } from "../../policy/storageParameters";
import {
  blockBytes,
  fullSlotsOf,
  layerFormat,
  packedSlotBytes,
  type LayerFormat,
  type PackedNumbers,
} from "../storage/storageFormat";
import { groupsOfRow } from "../storage/quantiser";

/** Lines of a layer's record. */
export const RECORD_LINES = 8;

type Shape = Pick<ModelConfig, "layerCount" | "kvHeadCount" | "headDim">;

/** Words of one side of a layer, and where its parts begin in it. */
interface SideWords {
  readonly bits: number;
  readonly numbers: number;
  readonly means: number;
  readonly newest: number;
  readonly total: number;
}

interface SideLayout {
  readonly layers: readonly SideWords[];
  /** First word of each layer, and then of the waiting rows. */
  readonly firsts: readonly number[];
  /** Of the buffer, waiting rows included. */
  readonly bytes: number;
  /** Of a copy of the largest layer. */
  readonly copyBytes: number;
}

export interface PackedStorage {
  /** Of all layers, except for their bits. */
  readonly format: LayerFormat;
  /** WGSL that stands in front of kernels. */
  readonly constants: string;
  readonly keys: SideLayout;
  readonly values: SideLayout;
  /** Of entries, without the rows that wait. */
  readonly cacheBytes: number;
  /** Of one packed slot in every head of every layer. */
  readonly bytesPerSlot: number;
  /** A layer's record, keys and values of each line; of the cache, or of copies that begin with the layer. */
  record(layer: number, isCopy: boolean): Uint32Array;
}

/** Null where entries are kept as computed. `layerSlots`: [layer] */
export function packedStorage(
  parameters: StorageParameters,
  config: Shape,
  layerSlots: Int32Array,
  chunkRows: number,
): PackedStorage | null {
  const formats = Array.from(layerSlots, (_, layer) => layerFormat(parameters, layer, config));
  const [format] = formats;
  if (format === null) return null;
  const { kvHeadCount, headDim } = config;
  const waitingBytes = chunkRows * kvHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT;
  const sideLayout = (side: "keys" | "values"): SideLayout => {
    const layers = formats.map((ofLayer, layer) => sideWords(ofLayer ?? format, side, config, layerSlots[layer]));
    const firsts = [0];
    for (const { total } of layers) firsts.push(firsts[firsts.length - 1] + total);
    const copyBytes = 4 * Math.max(...layers.map(({ total }) => total));
    return { layers, firsts, bytes: 4 * firsts[layers.length] + waitingBytes, copyBytes };
  };
  const [keys, values] = [sideLayout("keys"), sideLayout("values")];
  const firstRows = [0];
  for (const slots of layerSlots) firstRows.push(firstRows[firstRows.length - 1] + slots);
  return {
    format,
    constants: constantsOf(format, config),
    keys,
    values,
    cacheBytes: keys.bytes + values.bytes - 2 * waitingBytes,
    bytesPerSlot: formats.reduce((bytes, ofLayer) => bytes + packedSlotBytes(ofLayer ?? format, config), 0),
    record: (layer, isCopy) => {
      const lines = [keys, values].map(({ layers, firsts }) => {
        const { bits, numbers, means, newest } = layers[layer];
        const first = isCopy ? 0 : firsts[layer];
        return [first, bits, numbers, means, newest, firsts[layers.length], firstRows[layer], layer];
      });
      return Uint32Array.from({ length: 2 * RECORD_LINES }, (_, at) => lines[at % 2][Math.floor(at / 2)]);
    },
  };
}

function sideWords(
  format: LayerFormat,
  side: "keys" | "values",
  { kvHeadCount, headDim }: Shape,
  slotCount: number,
): SideWords {
  const { blockSlots, hasHeadMean } = format;
  const blockCount = Math.floor(slotCount / blockSlots);
  const bytes = blockBytes(format[side], blockSlots, headDim);
  const numbers = (blockCount * bytes.codes) / 4;
  const means = numbers + Math.ceil((blockCount * bytes.groupNumbers) / 4);
  const newest = means + (hasHeadMean ? Math.floor(slotCount / kvHeadCount) * (headDim / 2) : 0);
  const total = newest + kvHeadCount * fullSlotsOf(format) * headDim;
  return { bits: bitsOf(format[side]), numbers, means, newest, total };
}

function bitsOf(packed: PackedNumbers): number {
  return packed.type === "half" ? 16 : packed.quantiser.bits;
}

function constantsOf(format: LayerFormat, { kvHeadCount, headDim }: Shape): string {
  const { residualSlots, blockSlots, hasHeadMean } = format;
  const numbers = {
    ...{ RESIDUAL_SLOTS: residualSlots, BLOCK_SLOTS: blockSlots, FULL_SLOTS: fullSlotsOf(format) },
    ...{ KV_HEADS: kvHeadCount, HAS_MEANS: hasHeadMean },
    ...sideConstants("KEY_", format.keys, blockSlots, headDim),
    ...sideConstants("VALUE_", format.values, blockSlots, headDim),
  };
  return Object.entries(numbers)
    .map(([name, value]) => `const ${name} = ${typeof value === "number" ? `${value}u` : value};`)
    .join("\n");
}

function sideConstants(
  prefix: string,
  packed: PackedNumbers,
  blockSlots: number,
  headDim: number,
): Record<string, number | boolean> {
  const isAlongTokens = packed.type === "codes" && packed.axis === "tokens";
  const rowGroups = packed.type === "half" ? 1 : groupsOfRow(packed, headDim);
  const constants = {
    COLUMN: prefix === "KEY_" ? 0 : 1,
    IS_HALF: packed.type === "half",
    IS_SYMMETRIC: packed.type === "codes" && packed.quantiser.isSymmetric,
    IS_ALONG_TOKENS: isAlongTokens,
    GROUP_NUMBERS: packed.type === "half" ? headDim : packed.groupSize,
    ROW_GROUPS: rowGroups,
    GROUPS: packed.type === "half" ? 0 : isAlongTokens ? rowGroups : rowGroups * blockSlots,
  };
  return Object.fromEntries(Object.entries(constants).map(([name, value]) => [`${prefix}${name}`, value]));
}
