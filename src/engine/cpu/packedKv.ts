// A layer whose entries are packed: 16-bit numbers, or codes of a few bits (storage/storageFormat.ts). The newest slots of each
// head stay as computed until they are packed, a block at a time. How many are packed follows from how many are in use.
//
//   head   P P P P P P P P F F F                      P packed, in blocks of 4; F as computed: R = 2, and what fills no block
//   pool   P P P P P P P P · · · · P P P P · · · ·    the packed slots of all heads, in whole blocks

import { packedCountOf } from "../../cache/packing";
import { assert } from "../../lib/errors";
import { handOut, moveOrder } from "../slotPools";
import { headMean, takeFromMean } from "../storage/headMean";
import { fullSlotsOf, packedSlotBytes, type LayerFormat } from "../storage/storageFormat";
import type { Chunk } from "./chunk";
import type { AnglesOf, LayerKv, LayerShape } from "./kvStore";
import { turnHeadsBack } from "./layerOps";
import { createPackedPool, type PackedPool } from "./packedPool";

type Side = "keys" | "values";
const bothSides: readonly Side[] = ["keys", "values"];

export interface PackedLayer extends LayerKv {
  /** Bytes of one slot in every head while it is as computed. */
  readonly fullBytesPerSlot: number;
  /** Values of some slots, ascending. [place among them][headDim] */
  valuesAt(kvHead: number, slots: Int32Array): Float32Array;
}

/** Keys, or values, of the layer. */
interface StoredSide {
  readonly pool: PackedPool;
  readonly full: Float32Array; // [kvHead][slot behind the packed ones][headDim]
  /** Of the packed slots; the same slots in every head. Empty without means. [slot][headDim] */
  readonly means: Uint16Array;
}

interface Places {
  readonly rooms: Int32Array;
  /** The first block of each head in the pools. */
  readonly firstBlocks: Int32Array;
}

export interface PackedLayerParts {
  readonly shape: LayerShape;
  readonly format: LayerFormat;
  /** May be shared with other layers. */
  readonly chunk: Chunk;
  /** What the layer keeps; the other is never asked for. */
  readonly sides?: readonly Side[];
}

export function createPackedLayer({ shape, format, chunk, sides = bothSides }: PackedLayerParts): PackedLayer {
  const { kvHeadCount, headDim, slotCount } = shape;
  const { blockSlots, hasHeadMean } = format;
  const blockCount = Math.floor(slotCount / blockSlots);
  const fullSlots = fullSlotsOf(format);
  const meanSlots = hasHeadMean ? Math.floor(slotCount / kvHeadCount) : 0;
  const createSide = (side: Side): StoredSide => {
    const share = sides.includes(side) ? 1 : 0;
    return {
      pool: createPackedPool(format[side], { blockCount: share * blockCount, blockSlots, headDim }),
      full: new Float32Array(share * kvHeadCount * fullSlots * headDim),
      means: new Uint16Array(share * meanSlots * headDim),
    };
  };
  const stored = { keys: createSide("keys"), values: createSide("values") };
  const block = new Float32Array(blockSlots * headDim);
  let lengths = new Int32Array(kvHeadCount);
  let places = placesOf(lengths);

  function placesOf(inUse: Int32Array): Places {
    const { rooms } = handOut({ layerCount: 1, kvHeadCount }, Int32Array.of(slotCount), inUse);
    const firstBlocks = new Int32Array(kvHeadCount);
    for (let kvHead = 1; kvHead < kvHeadCount; kvHead++) {
      firstBlocks[kvHead] = firstBlocks[kvHead - 1] + Math.floor(rooms[kvHead - 1] / blockSlots);
    }
    return { rooms, firstBlocks };
  }

  const meansOf = (side: Side, first: number, end: number): Uint16Array =>
    stored[side].means.subarray(first * headDim, end * headDim);

  /** Slots `first` … `end` − 1 of a head, as many as a chunk holds, as attention sees them. */
  const readChunk = ({ side, kvHead }: StoredHead, first: number, end: number): void => {
    const { pool, full } = stored[side];
    const packed = packedCountOf(format, lengths[kvHead]);
    const packedEnd = Math.max(first, Math.min(end, packed));
    const inPool = places.firstBlocks[kvHead] * blockSlots;
    if (packedEnd > first) {
      pool.read(inPool + first, inPool + packedEnd, chunk);
      if (hasHeadMean) chunk.takeFromMean(meansOf(side, first, packedEnd));
    }
    if (packedEnd === end) return;
    const at = (kvHead * fullSlots + packedEnd - packed) * headDim;
    chunk.rows.set(full.subarray(at, at + (end - packedEnd) * headDim), (packedEnd - first) * headDim);
  };

  /** As many as there are rows for. rows [slot][headDim] */
  const read = (head: StoredHead, first: number, rows: Float32Array): void => {
    const count = rows.length / headDim;
    for (let at = 0; at < count; at += chunk.slotCount) {
      const end = Math.min(at + chunk.slotCount, count);
      readChunk(head, first + at, first + end);
      rows.set(chunk.rows.subarray(0, (end - at) * headDim), at * headDim);
    }
  };

  const rowOf = (rows: Float32Array, at: number): Float32Array => rows.subarray(at * headDim, (at + 1) * headDim);

  /** Packs the rows of `block` as a block of a head. */
  const pack = (side: Side, kvHead: number, blockOfHead: number, means: Uint16Array): void => {
    if (hasHeadMean) takeFromMean(means, block);
    stored[side].pool.write(places.firstBlocks[kvHead] + blockOfHead, block);
  };

  /** Slot `slot` of every head, the one behind those in use being the token's. [kvHead][headDim] */
  const entriesOfSlot = (side: Side, slot: number, token: Float32Array): Float32Array => {
    if (slot === lengths[0]) return token;
    const entries = new Float32Array(kvHeadCount * headDim);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) read({ side, kvHead }, slot, rowOf(entries, kvHead));
    return entries;
  };

  /** The oldest entries as computed, which with the token's fill a block, are packed. */
  const packOldest = (side: Side, token: Float32Array): void => {
    const { full, means } = stored[side];
    const packedOf = Array.from(lengths, (length) => packedCountOf(format, length));
    const isFilled = (kvHead: number): boolean => packedCountOf(format, lengths[kvHead] + 1) > packedOf[kvHead];
    if (hasHeadMean && isFilled(0)) {
      for (let slot = packedOf[0]; slot < packedOf[0] + blockSlots; slot++) {
        means.set(headMean(entriesOfSlot(side, slot, token), headDim), slot * headDim);
      }
    }
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      if (!isFilled(kvHead)) continue;
      const first = packedOf[kvHead];
      const fromFull = Math.min(blockSlots, lengths[kvHead] - first);
      read({ side, kvHead }, first, block.subarray(0, fromFull * headDim));
      if (fromFull < blockSlots) block.set(rowOf(token, kvHead), fromFull * headDim);
      pack(side, kvHead, first / blockSlots, hasHeadMean ? meansOf(side, first, first + blockSlots) : means);
      const start = kvHead * fullSlots * headDim;
      full.copyWithin(start, start + fromFull * headDim, start + fullSlots * headDim);
    }
  };

  const unpacked = (side: Side, kvHead: number, count: number): Float32Array => {
    const rows = new Float32Array(count * headDim);
    read({ side, kvHead }, 0, rows);
    return rows;
  };

  /** The entry of a survivor, turned as far as it moves. */
  const readSurvivor = (moved: Moved, slot: number, place: number, row: Float32Array): void => {
    read(moved, slot, row);
    if (moved.angles !== null && slot !== place) turnHeadsBack(row, moved.angles(slot - place));
  };

  /** The means of the slots that will be packed. [place][headDim] */
  const keptMeans = (side: Side, slots: Int32Array, angles: AnglesOf | null): Uint16Array => {
    const { means } = stored[side];
    const packed = packedCountOf(format, lengths[0]);
    const kept = new Uint16Array(packedCountOf(format, slots.length) * headDim);
    for (let place = 0; place * headDim < kept.length; place++) {
      const slot = slots[place];
      const isSame = slot < packed && (angles === null || slot === place);
      const mean = isSame
        ? means.subarray(slot * headDim, (slot + 1) * headDim)
        : turnedMean(side, slot, place, angles);
      kept.set(mean, place * headDim);
    }
    return kept;
  };

  const turnedMean = (side: Side, slot: number, place: number, angles: AnglesOf | null): Uint16Array => {
    const entries = new Float32Array(kvHeadCount * headDim);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      readSurvivor({ side, kvHead, angles }, slot, place, rowOf(entries, kvHead));
    }
    return headMean(entries, headDim);
  };

  /** Packs the survivors of a head anew, except blocks that stay together as they are. */
  const closeUp = (moved: Moved, slots: Int32Array, means: Uint16Array): void => {
    const { side, kvHead, angles } = moved;
    const packedBefore = packedCountOf(format, lengths[kvHead]);
    const packedAfter = packedCountOf(format, slots.length);
    const firstBlock = places.firstBlocks[kvHead];
    for (let place = 0; place < packedAfter; place += blockSlots) {
      const slot = slots[place];
      const isTogether = slots[place + blockSlots - 1] === slot + blockSlots - 1;
      const isBlock = slot % blockSlots === 0 && slot + blockSlots <= packedBefore && isTogether;
      if (isBlock && (angles === null || slot === place)) {
        const from = firstBlock + slot / blockSlots;
        if (slot !== place) stored[side].pool.move(from, from + 1, firstBlock + place / blockSlots);
        continue;
      }
      for (let row = 0; row < blockSlots; row++) {
        readSurvivor(moved, slots[place + row], place + row, rowOf(block, row));
      }
      pack(side, kvHead, place / blockSlots, means.subarray(place * headDim, (place + blockSlots) * headDim));
    }
    const rest = new Float32Array((slots.length - packedAfter) * headDim);
    for (let place = packedAfter; place < slots.length; place++) {
      readSurvivor(moved, slots[place], place, rowOf(rest, place - packedAfter));
    }
    stored[side].full.set(rest, kvHead * fullSlots * headDim);
  };

  return {
    get rooms() {
      return places.rooms;
    },
    bytes: sides.reduce((bytes, side) => {
      const { pool, full, means } = stored[side];
      return bytes + pool.bytes + full.byteLength + means.byteLength;
    }, 0),
    bytesPerSlot: packedSlotBytes(format, shape, sides),
    fullBytesPerSlot: sides.length * kvHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT,
    valuesAt: (kvHead, slots) => {
      const rows = new Float32Array(slots.length * headDim);
      for (let first = 0, end = 0; first < slots.length; first = end) {
        do end++;
        while (end < slots.length && slots[end] === slots[end - 1] + 1);
        read({ side: "values", kvHead }, slots[first], rows.subarray(first * headDim, end * headDim));
      }
      return rows;
    },
    storeToken: ({ slots, keys, values }) => {
      assert(!hasHeadMean || slots.every((slot) => slot === slots[0]), "heads with a common mean hold the same tokens");
      lengths = Int32Array.from(slots);
      const packedBefore = Array.from(lengths, (length) => packedCountOf(format, length));
      for (const side of sides) {
        const token = side === "keys" ? keys : values;
        packOldest(side, token);
        for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
          const packedAfter = packedCountOf(format, slots[kvHead] + 1);
          if (packedAfter > slots[kvHead]) continue; // the token has been packed with the others
          const behindPacked = slots[kvHead] - Math.max(packedAfter, packedBefore[kvHead]);
          stored[side].full.set(rowOf(token, kvHead), (kvHead * fullSlots + behindPacked) * headDim);
        }
      }
      lengths = Int32Array.from(slots, (slot) => slot + 1);
    },
    keys: (kvHead, count) => unpacked("keys", kvHead, count),
    values: (kvHead, count) => unpacked("values", kvHead, count),
    multiplyKeys: (kvHead, queries, rows) => {
      const count = rows[0].length;
      for (let first = 0; first < count; first += chunk.slotCount) {
        const end = Math.min(first + chunk.slotCount, count);
        readChunk({ side: "keys", kvHead }, first, end);
        rows.forEach((row, member) => chunk.multiply(rowOf(queries, member), row.subarray(first, end)));
      }
    },
    addUpValues: (kvHead, rows, outputs) => {
      const count = rows[0].length;
      const sums = rows.map(() => new Float64Array(headDim));
      for (let first = 0; first < count; first += chunk.slotCount) {
        const end = Math.min(first + chunk.slotCount, count);
        readChunk({ side: "values", kvHead }, first, end);
        rows.forEach((row, member) => chunk.addUp(row.subarray(first, end), sums[member]));
      }
      sums.forEach((sum, member) => outputs.set(sum, member * headDim));
    },
    replaceEntry: (kvHead, slot, key, value) => {
      const packed = packedCountOf(format, lengths[kvHead]);
      for (const side of sides) {
        const row = side === "keys" ? key : value;
        if (slot >= packed) {
          stored[side].full.set(row, (kvHead * fullSlots + slot - packed) * headDim);
          continue;
        }
        const first = slot - (slot % blockSlots);
        read({ side, kvHead }, first, block);
        block.set(row, (slot - first) * headDim);
        pack(
          side,
          kvHead,
          first / blockSlots,
          hasHeadMean ? meansOf(side, first, first + blockSlots) : stored[side].means,
        );
      }
    },
    keepSlots: (survivors, angles) => {
      const [firstHead] = survivors;
      const isSame = (slots: Int32Array): boolean => slots.every((slot, place) => slot === firstHead[place]);
      assert(!hasHeadMean || survivors.every(isSame), "heads with a common mean keep the same tokens");
      const after = placesOf(Int32Array.from(survivors, (slots) => slots.length));
      for (const side of sides) {
        const turn = side === "keys" ? angles : null;
        const means = hasHeadMean ? keptMeans(side, survivors[0], turn) : stored[side].means;
        survivors.forEach((slots, kvHead) => closeUp({ side, kvHead, angles: turn }, slots, means));
        if (hasHeadMean) stored[side].means.set(means);
        for (const kvHead of moveOrder(places.firstBlocks, after.firstBlocks)) {
          const from = places.firstBlocks[kvHead];
          const blocks = packedCountOf(format, survivors[kvHead].length) / blockSlots;
          stored[side].pool.move(from, from + blocks, after.firstBlocks[kvHead]);
        }
      }
      lengths = Int32Array.from(survivors, (slots) => slots.length);
      places = after;
    },
  };
}

interface StoredHead {
  readonly side: Side;
  readonly kvHead: number;
}

interface Moved extends StoredHead {
  readonly angles: AnglesOf | null;
}
