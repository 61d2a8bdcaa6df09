// Packed keys, or values, of one layer: blocks of slots as codes in 32-bit words with their scales, or as 16-bit numbers. It
// writes a block at a time and reads any slots back as float32, a chunk at a time. Which slot belongs to whom is for packedKv.ts
// to know.

import { encodeFloat16, halfNearest, halfValues } from "../../lib/float16";
import { codeAt, packRun, wordsOfRun } from "../storage/packedCodes";
import { groupsOfRow, quantiseRows, zeroCode } from "../storage/quantiser";
import type { PackedNumbers } from "../storage/storageFormat";
import type { Chunk, CodeRun } from "./chunk";

export interface PackedPool {
  readonly bytes: number;
  /** rows [slot of the block][headDim] */
  write(block: number, rows: Float32Array): void;
  /** Unpacks slots `first` … `end` − 1 of the pool into the first slots of a chunk. */
  read(first: number, end: number, chunk: Chunk): void;
  /** Moves blocks `first` … `end` − 1, the first of them to block `to`; old and new places may overlap. */
  move(first: number, end: number, to: number): void;
}

interface PoolShape {
  readonly blockCount: number;
  readonly blockSlots: number;
  readonly headDim: number;
}

export function createPackedPool(packed: PackedNumbers, shape: PoolShape): PackedPool {
  return packed.type === "half" ? createHalfPool(shape) : createCodePool(packed, shape);
}

function createHalfPool({ blockCount, blockSlots, headDim }: PoolShape): PackedPool {
  const blockNumbers = blockSlots * headDim;
  const halves = new Uint16Array(blockCount * blockNumbers);
  const valueOf = halfValues();
  return {
    bytes: halves.byteLength,
    write: (block, rows) => halves.set(encodeFloat16(rows), block * blockNumbers),
    read: (first, end, { rows, unpacking }) => {
      const numbers = halves.subarray(first * headDim, end * headDim);
      if (unpacking !== null) unpacking.halves(numbers);
      else for (let i = 0; i < numbers.length; i++) rows[i] = valueOf[numbers[i]];
    },
    move: (first, end, to) => halves.copyWithin(to * blockNumbers, first * blockNumbers, end * blockNumbers),
  };
}

function createCodePool(
  packed: Extract<PackedNumbers, { type: "codes" }>,
  { blockCount, blockSlots, headDim }: PoolShape,
): PackedPool {
  const { quantiser, axis, groupSize } = packed;
  const { bits, isSymmetric } = quantiser;
  const blockWords = wordsOfRun(blockSlots * headDim, bits);
  const groupCount = groupsOfRow(packed, headDim) * (axis === "channels" ? blockSlots : 1); // of a block
  const words = new Uint32Array(blockCount * blockWords);
  const scales = new Uint16Array(blockCount * groupCount);
  const lows = new Uint16Array(isSymmetric ? 0 : blockCount * groupCount);
  const zero = zeroCode(quantiser);
  const valueOf = halfValues();
  const arrays = [
    { array: words, width: blockWords },
    { array: scales, width: groupCount },
    { array: lows, width: isSymmetric ? 0 : groupCount },
  ];
  const rowGroups = groupCount / blockSlots; // along channels, from one slot of a block to the next

  /** Whatever the sizes. */
  const readPlainly = (first: number, end: number, rows: Float32Array): void => {
    for (let slot = first, at = 0; slot < end; slot++) {
      const block = Math.floor(slot / blockSlots);
      const inBlock = slot - block * blockSlots;
      const firstGroup = block * groupCount + (axis === "channels" ? inBlock * rowGroups : 0);
      const run = { words, first: block * blockWords, bits };
      for (let dim = 0; dim < headDim; dim++, at++) {
        const group = firstGroup + (axis === "channels" ? Math.floor(dim / groupSize) : dim);
        const scale = valueOf[scales[group]];
        const low = isSymmetric ? -zero * scale : valueOf[lows[group]];
        rows[at] = low + scale * codeAt(run, inBlock * headDim + dim);
      }
    }
  };

  // What SIMD unpacks: slots without a gap between their codes, four codes of a group at a time.
  const isUniform =
    (headDim * bits) % 32 === 0 && (axis === "tokens" || (groupSize % 4 === 0 && headDim % groupSize === 0));
  const slotWords = (headDim * bits) / 32;

  /** Of slots of the pool; along tokens all of one block. */
  const runOf = (first: number, end: number): CodeRun => {
    const firstGroup = axis === "channels" ? first * rowGroups : Math.floor(first / blockSlots) * groupCount;
    const groupRange = [firstGroup, firstGroup + (axis === "channels" ? (end - first) * rowGroups : groupCount)];
    return {
      words: words.subarray(first * slotWords, end * slotWords),
      bits,
      scales: scales.subarray(...groupRange),
      lows: isSymmetric ? null : lows.subarray(...groupRange),
    };
  };

  const read: PackedPool["read"] = (first, end, { rows, unpacking }) => {
    if (unpacking === null || !isUniform) {
      readPlainly(first, end, rows);
    } else if (axis === "channels") {
      unpacking.groups(runOf(first, end), groupSize);
    } else {
      for (let slot = first; slot < end;) {
        const blockEnd = Math.min(end, blockSlots * (Math.floor(slot / blockSlots) + 1));
        unpacking.block(runOf(slot, blockEnd), slot - first, blockEnd - slot);
        slot = blockEnd;
      }
    }
  };

  return {
    bytes: words.byteLength + scales.byteLength + lows.byteLength,
    write: (block, rows) => {
      const { codes, scales: exactScales, lows: exactLows } = quantiseRows(rows, headDim, quantiser, packed);
      packRun(codes, { words, first: block * blockWords, bits });
      // Both are numbers of 16 bits already.
      exactScales.forEach((scale, group) => (scales[block * groupCount + group] = halfNearest(scale)));
      if (!isSymmetric) exactLows.forEach((low, group) => (lows[block * groupCount + group] = halfNearest(low)));
    },
    read,
    move: (first, end, to) => {
      for (const { array, width } of arrays) array.copyWithin(to * width, first * width, end * width);
    },
  };
}
