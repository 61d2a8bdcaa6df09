// Keys as latents of rank r on the CPU (SALS): a layer keeps one latent per token for all its heads, from before RoPE, and values as
// computed. In the prefill every slot is read; a decode step selects by latents, and only the selected are reconstructed, rotated
// at their positions and attended. For terms every key is reconstructed.
//
//   store    latent, position, values       selected   keys [kvHead][place among the selected][headDim]
//   prefill  all slots reconstructed once per layer and chunk, in an array that the layers share

import { assert } from "../../lib/errors";
import type { KeyBasis } from "../../model/keyBasis";
import { layerBasis, type LatentReading } from "../reading/latentReading";
import { jointQuery, latentQueries, latentScores, meanQueries, selectSlots } from "../reading/selectSlots";
import { watchedReads } from "./exactReads";
import type { KvCodec, LayerKv, LayerShape } from "./kvStore";
import { rotateHeads } from "./layerOps";
import { plainCodec } from "./plainKv";
import { matVec, vecMat } from "./products";

export interface LatentCodecParts {
  readonly basis: KeyBasis;
  readonly reading: LatentReading;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** Slots of the longest layer, in each head. */
  readonly slotCapacity: number;
  readonly ropeTable: Float32Array; // [position][headDim / 2][cosine, sine]
  /** Whether each step also says what its selection found. */
  readonly isWatched: boolean;
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
  const reconstruction: Reconstruction = { keys, layer: -1, count: 0 };
  return {
    needsUnrotatedKeys: true,
    createLayer: (shape) => {
      if (reading.isDense[shape.layer]) return plainCodec.createLayer(shape);
      const layer = createLatentLayer(shape, parts, reconstruction);
      return parts.isWatched ? watchedReads(layer, shape, reading) : layer;
    },
    scratchBytes: keys.byteLength,
  };
}

function createLatentLayer(
  { layer, kvHeadCount, headDim, slotCount }: LayerShape,
  { basis, reading, ropeTable, slotCapacity }: LatentCodecParts,
  shared: Reconstruction,
): LayerKv {
  const width = kvHeadCount * headDim;
  const roomSlots = Math.floor(slotCount / kvHeadCount);
  const directions = layerBasis(basis, layer, reading, width);
  const { rank } = directions;
  const backwards = transposed(directions.directions, width); // [dim][coordinate]
  const latents = new Float32Array(roomSlots * rank); // [slot][coordinate]
  const places = new Int32Array(roomSlots); // [slot], where the key is rotated to
  const values = new Float32Array(roomSlots * width); // [kvHead][slot][headDim]
  const whole = new Float32Array(width); // one token's keys
  let usedSlots = 0;
  let read: readonly Int32Array[] | null = null; // [kvHead], of the newest token; null: every slot

  const valuesOf = (kvHead: number, count: number): Float32Array =>
    values.subarray(kvHead * roomSlots * headDim, (kvHead * roomSlots + count) * headDim);

  /** Puts the keys of a slot, rotated, at a place of the shared array. */
  const reconstruct = (slot: number, place: number): void => {
    matVec(backwards, latents.subarray(slot * rank, (slot + 1) * rank), whole);
    rotateHeads(whole, ropeTable.subarray(places[slot] * headDim, (places[slot] + 1) * headDim));
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const from = kvHead * headDim;
      const at = (kvHead * slotCapacity + place) * headDim;
      for (let dim = 0; dim < headDim; dim++) shared.keys[at + dim] = whole[from + dim];
    }
  };

  const reconstructed = (kvHead: number, count: number): Float32Array => {
    if (shared.layer !== layer) [shared.layer, shared.count] = [layer, 0];
    for (; shared.count < count; shared.count++) reconstruct(shared.count, shared.count);
    return shared.keys.subarray(kvHead * slotCapacity * headDim, (kvHead * slotCapacity + count) * headDim);
  };

  const selectedFor = (queries: Float32Array): Int32Array[] => {
    const means = meanQueries(queries, kvHeadCount, headDim);
    const scoreRank = Math.min(reading.scoreRank, rank);
    const latent = latentQueries(directions, means, kvHeadCount, scoreRank);
    const held = latents.subarray(0, usedSlots * rank);
    const select = (query: Float32Array): Int32Array => selectSlots(latentScores(held, rank, query), reading);
    if (reading.chosenBy === "layer") {
      return Array<Int32Array>(kvHeadCount).fill(select(jointQuery(latent, kvHeadCount)));
    }
    return Array.from({ length: kvHeadCount }, (_, kvHead) =>
      select(latent.subarray(kvHead * scoreRank, (kvHead + 1) * scoreRank)),
    );
  };

  return {
    rooms: new Int32Array(kvHeadCount).fill(roomSlots),
    bytes: latents.byteLength + places.byteLength + values.byteLength,
    bytesPerSlot: (rank + width) * Float32Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT,
    storeToken: ({ slots, unrotatedKeys, values: tokenValues, place }) => {
      const [slot] = slots;
      assert(unrotatedKeys !== null, "latents are made of keys from before RoPE");
      assert(
        slots.every((other) => other === slot),
        "heads that share latents hold the same tokens",
      );
      matVec(directions.directions, unrotatedKeys, latents.subarray(slot * rank, (slot + 1) * rank));
      places[slot] = place;
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        valuesOf(kvHead, slot + 1).set(tokenValues.subarray(kvHead * headDim, (kvHead + 1) * headDim), slot * headDim);
      }
      usedSlots = slot + 1;
      if (shared.layer === layer) shared.count = Math.min(shared.count, slot);
      read = null;
    },
    keys: reconstructed,
    values: valuesOf,
    chooseReads: (queries) => {
      const chosen = selectedFor(queries);
      const anywhere = chosen.every((slots) => slots === chosen[0]) ? chosen[0] : null;
      // Selected keys lie at their slots: of the others the shared array holds what was there before.
      shared.layer = -1;
      const isDone = new Uint8Array(usedSlots);
      for (const slots of anywhere === null ? chosen : [anywhere]) {
        for (const slot of slots) {
          if (isDone[slot] === 0) reconstruct(slot, slot);
          isDone[slot] = 1;
        }
      }
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
    addUpValues: (kvHead, rows, outputs) => {
      const held = valuesOf(kvHead, rows[0].length);
      for (const [member, row] of rows.entries()) {
        const output = outputs.subarray(member * headDim, (member + 1) * headDim);
        if (read === null) vecMat(row, held, output);
        else addUpSelected(row, read[kvHead], held, output);
      }
    },
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
        for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
          const held = valuesOf(kvHead, roomSlots);
          held.copyWithin(to * headDim, slot * headDim, (slot + 1) * headDim);
        }
      });
      usedSlots = kept.length;
      shared.layer = -1;
      read = null;
    },
  };
}

/** output := Σ weight · value over the slots that were read. values [slot][headDim] */
function addUpSelected(weights: Float32Array, slots: Int32Array, values: Float32Array, output: Float32Array): void {
  const headDim = output.length;
  const sums = new Float64Array(headDim);
  for (const slot of slots) {
    const weight = weights[slot];
    for (let dim = 0; dim < headDim; dim++) sums[dim] += weight * values[slot * headDim + dim];
  }
  output.set(sums);
}

/** [row][columnCount] → [column][rowCount] */
function transposed(matrix: Float32Array, columnCount: number): Float32Array {
  const rowCount = matrix.length / columnCount;
  return Float32Array.from(
    { length: matrix.length },
    (_, at) => matrix[(at % rowCount) * columnCount + Math.floor(at / rowCount)],
  );
}
