// Keys as latents of rank r on the CPU (SALS): a layer keeps one latent per token for all its heads, from before RoPE, and
// values as the run stores entries. In the prefill every slot is read; a decode step selects by latents, and only the selected
// are reconstructed, rotated at their positions and attended. For terms every key is reconstructed.
//
//   store    latent, position, values       selected   keys [kvHead][place among the selected][headDim]
//   prefill  all slots reconstructed once per layer and chunk, in an array that the layers share

import { assert } from "../../lib/errors";
import type { KeyBasis } from "../../model/keyBasis";
import { layerBasis, type LatentReading } from "../reading/latentReading";
import { jointQuery, latentQueries, latentScores, meanQueries, selectSlots } from "../reading/selectSlots";
import { layerFormat } from "../storage/storageFormat";
import type { StorageParameters } from "../../policy/storageParameters";
import { createPackedValues, createPlainValues } from "./heldValues";
import type { Chunk } from "./chunk";
import { watchedReads } from "./exactReads";
import type { KvCodec, LayerKv, LayerShape } from "./kvStore";
import { rotateHeads } from "./layerOps";
import { matVec } from "./products";
import { createChunk, storageCodec } from "./storageCodec";

/** Keys that are reconstructed together. */
const BATCH_SLOTS = 64;

export interface LatentCodecParts {
  readonly basis: KeyBasis;
  readonly reading: LatentReading;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** Slots of the longest layer, in each head. */
  readonly slotCapacity: number;
  readonly ropeTables: readonly Float32Array[]; // [layer] of [position][headDim / 2][cosine, sine]
  /** How values are kept, and entries of layers that keep whole keys. */
  readonly parameters: StorageParameters;
  /** Whether each step also says what its selection found. */
  readonly isWatched: boolean;
}

/** What the layers share. */
interface Shared {
  /** For products with the directions of a layer. [coordinate][kvHead · headDim] */
  readonly directions: Chunk;
  /** For values that are packed. */
  readonly values: Chunk;
  readonly reconstruction: Reconstruction;
}

/** Keys of one layer reconstructed and rotated. The layers take turns. */
interface Reconstruction {
  readonly keys: Float32Array; // [kvHead][slotCapacity][headDim]
  /** Whose first slots, and how many of them. */
  layer: number;
  count: number;
}

export interface LatentCodec extends KvCodec {
  /** Reconstructed keys: no part of the cache. */
  readonly scratchBytes: number;
}

export function createLatentCodec(parts: LatentCodecParts): LatentCodec {
  const { reading, kvHeadCount, headDim, slotCapacity } = parts;
  const keys = new Float32Array(reading.isDense.every(Boolean) ? 0 : kvHeadCount * slotCapacity * headDim);
  const shared: Shared = {
    directions: createChunk(kvHeadCount * headDim),
    values: createChunk(headDim),
    reconstruction: { keys, layer: -1, count: 0 },
  };
  const whole = storageCodec(parts.parameters);
  return {
    needsUnrotatedKeys: true,
    createLayer: (shape) => {
      if (reading.isDense[shape.layer]) return whole.createLayer(shape);
      const layer = createLatentLayer(shape, parts, shared);
      return parts.isWatched ? watchedReads(layer, shape, reading) : layer;
    },
    scratchBytes: keys.byteLength,
  };
}

function createLatentLayer(
  shape: LayerShape,
  { basis, reading, ropeTables, slotCapacity, parameters }: LatentCodecParts,
  { directions: chunk, values: valueChunk, reconstruction: shared }: Shared,
): LayerKv {
  const { layer, kvHeadCount, headDim, slotCount } = shape;
  const width = kvHeadCount * headDim;
  const ropeTable = ropeTables[layer];
  const roomSlots = Math.floor(slotCount / kvHeadCount);
  const directions = layerBasis(basis, layer, reading, width);
  const { rank } = directions;
  const latents = new Float32Array(roomSlots * rank); // [slot][coordinate]
  const places = new Int32Array(roomSlots); // [slot], where the key is rotated to
  const format = layerFormat(parameters, layer, shape);
  const held = format === null ? createPlainValues(shape) : createPackedValues(shape, format, valueChunk);
  const keyBytes = rank * Float32Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT; // of a slot
  const whole = new Float32Array(width); // one token's keys
  const sums = new Float64Array(BATCH_SLOTS * width);
  let usedSlots = 0;
  let read: readonly Int32Array[] | null = null; // [kvHead], of the newest token; null: every slot

  /** Keys of the slots along the directions, added up a chunk of directions at a time. → sums [place][kvHead · headDim] */
  const addUpDirections = (slots: Int32Array): void => {
    sums.fill(0, 0, slots.length * width);
    for (let first = 0; first < rank; first += chunk.slotCount) {
      const end = Math.min(rank, first + chunk.slotCount);
      chunk.rows.set(directions.directions.subarray(first * width, end * width));
      slots.forEach((slot, place) => {
        const weights = latents.subarray(slot * rank + first, slot * rank + end);
        chunk.addUp(weights, sums.subarray(place * width, (place + 1) * width));
      });
    }
  };

  /** Puts the keys of some slots, rotated, at their slots of the shared array. */
  const reconstruct = (slots: Int32Array): void => {
    for (let first = 0; first < slots.length; first += BATCH_SLOTS) {
      const batch = slots.subarray(first, first + BATCH_SLOTS);
      addUpDirections(batch);
      batch.forEach((slot, place) => {
        whole.set(sums.subarray(place * width, (place + 1) * width));
        rotateHeads(whole, ropeTable.subarray(places[slot] * headDim, (places[slot] + 1) * headDim));
        for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
          const from = kvHead * headDim;
          const at = (kvHead * slotCapacity + slot) * headDim;
          for (let dim = 0; dim < headDim; dim++) shared.keys[at + dim] = whole[from + dim];
        }
      });
    }
  };

  const reconstructed = (kvHead: number, count: number): Float32Array => {
    if (shared.layer !== layer) [shared.layer, shared.count] = [layer, 0];
    if (shared.count < count) {
      reconstruct(Int32Array.from({ length: count - shared.count }, (_, at) => shared.count + at));
      shared.count = count;
    }
    return shared.keys.subarray(kvHead * slotCapacity * headDim, (kvHead * slotCapacity + count) * headDim);
  };

  const selectedFor = (queries: Float32Array): Int32Array[] => {
    const means = meanQueries(queries, kvHeadCount, headDim);
    const scoreRank = Math.min(reading.scoreRank, rank);
    const latent = latentQueries(directions, means, kvHeadCount, scoreRank);
    const used = latents.subarray(0, usedSlots * rank);
    const select = (query: Float32Array): Int32Array => selectSlots(latentScores(used, rank, query), reading);
    if (reading.chosenBy === "layer") {
      return Array<Int32Array>(kvHeadCount).fill(select(jointQuery(latent, kvHeadCount)));
    }
    return Array.from({ length: kvHeadCount }, (_, kvHead) =>
      select(latent.subarray(kvHead * scoreRank, (kvHead + 1) * scoreRank)),
    );
  };

  return {
    rooms: new Int32Array(kvHeadCount).fill(roomSlots),
    bytes: latents.byteLength + places.byteLength + held.bytes,
    bytesPerSlot: keyBytes + held.bytesPerSlot,
    fullBytesPerSlot: keyBytes + held.fullBytesPerSlot,
    storeToken: ({ slots, unrotatedKeys, values, place }) => {
      const [slot] = slots;
      assert(unrotatedKeys !== null, "latents are made of keys from before RoPE");
      assert(
        slots.every((other) => other === slot),
        "heads that share latents hold the same tokens",
      );
      matVec(directions.directions, unrotatedKeys, latents.subarray(slot * rank, (slot + 1) * rank));
      places[slot] = place;
      held.store(slot, values);
      usedSlots = slot + 1;
      if (shared.layer === layer) shared.count = Math.min(shared.count, slot);
      read = null;
    },
    keys: reconstructed,
    values: (kvHead, count) => held.values(kvHead, count),
    chooseReads: (queries) => {
      const chosen = selectedFor(queries);
      const anywhere = chosen.every((slots) => slots === chosen[0]) ? chosen[0] : null;
      // Selected keys lie at their slots: of the others the shared array holds what was there before.
      shared.layer = -1;
      reconstruct(anywhere ?? Int32Array.from(new Set(chosen.flatMap((slots) => [...slots]))));
      read = chosen;
      return chosen;
    },
    multiplyKeys: (kvHead, queries, rows) => {
      if (read === null) {
        const keys = reconstructed(kvHead, rows[0].length);
        rows.forEach((row, member) => matVec(keys, queries.subarray(member * headDim, (member + 1) * headDim), row));
        return;
      }
      const first = kvHead * slotCapacity * headDim;
      for (const [member, row] of rows.entries()) {
        const from = member * headDim;
        row.fill(-Infinity);
        for (const slot of read[kvHead]) {
          const at = first + slot * headDim;
          let sum = 0;
          for (let dim = 0; dim < headDim; dim++) sum += shared.keys[at + dim] * queries[from + dim];
          row[slot] = sum;
        }
      }
    },
    addUpValues: (kvHead, rows, outputs) => held.addUp(kvHead, rows, read?.[kvHead] ?? null, outputs),
    replaceEntry: () => assert(false, "a key kept as a latent cannot be replaced"),
    keepSlots: (survivors, angles) => {
      assert(angles === null, "a key kept as a latent is rotated when it is read");
      const [kept] = survivors;
      assert(
        survivors.every((slots) => slots.length === kept.length && slots.every((slot, at) => slot === kept[at])),
        "heads that share latents keep the same tokens",
      );
      kept.forEach((slot, to) => {
        if (slot === to) return;
        latents.copyWithin(to * rank, slot * rank, (slot + 1) * rank);
        places[to] = places[slot];
      });
      held.keep(kept);
      usedSlots = kept.length;
      shared.layer = -1;
      read = null;
    },
  };
}
