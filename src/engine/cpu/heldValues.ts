// The values of a layer whose keys are latents: as computed, or packed as the run stores entries.

import type { LayerFormat } from "../storage/storageFormat";
import type { Chunk } from "./chunk";
import type { LayerShape } from "./kvStore";
import { createPackedLayer } from "./packedKv";
import { vecMat } from "./products";

export interface HeldValues {
  readonly bytes: number;
  /** Of a slot in every head, as it is kept for good. */
  readonly bytesPerSlot: number;
  /** While it is as computed. */
  readonly fullBytesPerSlot: number;
  /** Every head has its slot `slot`, the one behind those in use. values [kvHead][headDim] */
  store(slot: number, values: Float32Array): void;
  /** Of a head's first slots: only to read, until anything changes. [slot][headDim] */
  values(kvHead: number, slotCount: number): Float32Array;
  /** outputs[member] = Σ rows[member][slot] · value, over all slots of the rows, or over some. [member][headDim] */
  addUp(kvHead: number, rows: readonly Float32Array[], slots: Int32Array | null, outputs: Float32Array): void;
  /** The same slots of every head, ascending, become slots 0, 1, … */
  keep(slots: Int32Array): void;
}

export function createPlainValues({ kvHeadCount, headDim, slotCount }: LayerShape): HeldValues {
  const roomSlots = Math.floor(slotCount / kvHeadCount);
  const held = new Float32Array(kvHeadCount * roomSlots * headDim); // [kvHead][slot][headDim]
  const valuesOf = (kvHead: number, count: number): Float32Array =>
    held.subarray(kvHead * roomSlots * headDim, (kvHead * roomSlots + count) * headDim);
  const bytesPerSlot = kvHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT;
  return {
    bytes: held.byteLength,
    bytesPerSlot,
    fullBytesPerSlot: bytesPerSlot,
    store: (slot, values) => {
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        valuesOf(kvHead, slot + 1).set(values.subarray(kvHead * headDim, (kvHead + 1) * headDim), slot * headDim);
      }
    },
    values: valuesOf,
    addUp: (kvHead, rows, slots, outputs) => {
      const ofHead = valuesOf(kvHead, rows[0].length);
      rows.forEach((row, member) => {
        const output = outputs.subarray(member * headDim, (member + 1) * headDim);
        if (slots === null) vecMat(row, ofHead, output);
        else addUpSome({ weights: row, slots, output }, ofHead, slots);
      });
    },
    keep: (slots) => {
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const ofHead = valuesOf(kvHead, roomSlots);
        slots.forEach((slot, to) => ofHead.copyWithin(to * headDim, slot * headDim, (slot + 1) * headDim));
      }
    },
  };
}

export function createPackedValues(shape: LayerShape, format: LayerFormat, chunk: Chunk): HeldValues {
  const { kvHeadCount, headDim } = shape;
  const layer = createPackedLayer({ shape, format, chunk, sides: ["values"] });
  const slots = new Int32Array(kvHeadCount);
  const noKeys = new Float32Array(0);
  return {
    bytes: layer.bytes,
    bytesPerSlot: layer.bytesPerSlot,
    fullBytesPerSlot: layer.fullBytesPerSlot,
    store: (slot, values) =>
      layer.storeToken({ slots: slots.fill(slot), keys: noKeys, unrotatedKeys: null, values, place: slot }),
    values: (kvHead, count) => layer.values(kvHead, count),
    addUp: (kvHead, rows, some, outputs) => {
      if (some === null) {
        layer.addUpValues(kvHead, rows, outputs);
        return;
      }
      const values = layer.valuesAt(kvHead, some);
      const places = Int32Array.from(some, (_, place) => place);
      rows.forEach((weights, member) => {
        const output = outputs.subarray(member * headDim, (member + 1) * headDim);
        addUpSome({ weights, slots: some, output }, values, places);
      });
    },
    keep: (kept) => layer.keepSlots(Array<Int32Array>(kvHeadCount).fill(kept), null),
  };
}

interface SelectedSum {
  readonly weights: Float32Array; // [slot]
  readonly slots: Int32Array;
  readonly output: Float32Array;
}

/** output := Σ weight · value over some slots, whose values lie at `places`. values [place][headDim] */
function addUpSome({ weights, slots, output }: SelectedSum, values: Float32Array, places: Int32Array): void {
  const headDim = output.length;
  const sums = new Float64Array(headDim);
  slots.forEach((slot, at) => {
    const weight = weights[slot];
    const start = places[at] * headDim;
    for (let dim = 0; dim < headDim; dim++) sums[dim] += weight * values[start + dim];
  });
  output.set(sums);
}
