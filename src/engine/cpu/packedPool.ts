// Packed keys, or values, of one layer: blocks of slots as codes in 32-bit words with their scales, or as 16-bit numbers. It
// writes a block at a time and reads any slots back as float32. Which slot belongs to whom is for packedKv.ts to know.

import { encodeFloat16, halfNearest, halfValues } from "../../lib/float16";
import { packRun, wordsOfRun } from "../storage/packedCodes";
import { groupsOfRow, quantiseRows } from "../storage/quantiser";
import type { PackedNumbers } from "../storage/storageFormat";

export interface PackedPool {
  readonly bytes: number;
  /** rows [slot of the block][headDim] */
  write(block: number, rows: Float32Array): void;
  /** Slots `first` … `end` − 1 of the pool. rows [slot][headDim] */
  read(first: number, end: number, rows: Float32Array): void;
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
  return {
    bytes: halves.byteLength,
    write: (block, rows) => halves.set(encodeFloat16(rows), block * blockNumbers),
    read: (first, end, rows) => {
      // A half's exponent and fraction, moved to where float32 has them, make a number 2^112 times too small: no look-up.
      const words = new Uint32Array(rows.buffer, rows.byteOffset, (end - first) * headDim);
      const from = first * headDim;
      for (let i = 0; i < words.length; i++) {
        const half = halves[from + i];
        words[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
      }
      for (let i = 0; i < words.length; i++) rows[i] *= 2 ** 112;
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
  const zero = isSymmetric ? 2 ** (bits - 1) - 1 : 0;
  const valueOf = halfValues();
  const arrays = [
    { array: words, width: blockWords },
    { array: scales, width: groupCount },
    { array: lows, width: isSymmetric ? 0 : groupCount },
  ];
  const mask = 2 ** bits - 1;

  const rowGroups = groupCount / blockSlots; // along channels, from one slot of a block to the next

  /** Along channels, whatever the sizes. */
  const readRow = (slot: number, rows: Float32Array, to: number): void => {
    const block = Math.floor(slot / blockSlots);
    const inBlock = slot - block * blockSlots;
    const bit = block * blockWords * 32 + inBlock * headDim * bits;
    let word = bit >>> 5;
    let shift = bit & 31;
    let group = block * groupCount + inBlock * rowGroups;
    for (let dim = 0; dim < headDim; group++) {
      const scale = valueOf[scales[group]];
      const low = isSymmetric ? -zero * scale : valueOf[lows[group]];
      for (const end = Math.min(headDim, dim + groupSize); dim < end; dim++) {
        let code = words[word] >>> shift;
        shift += bits;
        if (shift >= 32) {
          word++;
          shift -= 32;
          if (shift > 0) code |= words[word] << (bits - shift);
        }
        rows[to + dim] = low + scale * (code & mask);
      }
    }
  };

  // Along tokens the slots of a block share the numbers of each channel: they are decoded once per block.
  const blockScales = new Float64Array(headDim);
  const blockLows = new Float64Array(headDim);

  const readAlongTokens = (first: number, end: number, rows: Float32Array): void => {
    for (let slot = first; slot < end; slot++) {
      const block = Math.floor(slot / blockSlots);
      if (slot === first || slot % blockSlots === 0) decodeNumbers(block);
      let bit = block * blockWords * 32 + (slot - block * blockSlots) * headDim * bits;
      const to = (slot - first) * headDim;
      for (let dim = 0; dim < headDim; dim++, bit += bits) {
        const shift = bit & 31;
        let code = words[bit >>> 5] >>> shift;
        if (shift + bits > 32) code |= words[(bit >>> 5) + 1] << (32 - shift);
        rows[to + dim] = blockLows[dim] + blockScales[dim] * (code & mask);
      }
    }
  };

  const decodeNumbers = (block: number): void => {
    for (let dim = 0; dim < headDim; dim++) {
      const group = block * groupCount + dim;
      blockScales[dim] = valueOf[scales[group]];
      blockLows[dim] = isSymmetric ? -zero * blockScales[dim] : valueOf[lows[group]];
    }
  };

  // Attention spends its time here: where groups begin and end with a word, a word's codes are taken out four at a time.
  const codesPerWord = 32 / bits;
  const isWordwise = axis === "channels" && groupSize % codesPerWord === 0 && headDim % codesPerWord === 0;

  const readWords = (slot: number, rows: Float32Array, to: number): void => {
    const block = Math.floor(slot / blockSlots);
    const inBlock = slot - block * blockSlots;
    let word = block * blockWords + (inBlock * headDim) / codesPerWord;
    let group = block * groupCount + inBlock * rowGroups;
    for (let dim = 0; dim < headDim; group++) {
      const scale = valueOf[scales[group]];
      const low = isSymmetric ? -zero * scale : valueOf[lows[group]];
      for (const end = Math.min(headDim, dim + groupSize); dim < end; word++) {
        let codes = words[word];
        for (const wordEnd = dim + codesPerWord; dim < wordEnd; dim += 4) {
          const at = to + dim;
          rows[at] = low + scale * (codes & mask);
          rows[at + 1] = low + scale * ((codes >>> bits) & mask);
          rows[at + 2] = low + scale * ((codes >>> (2 * bits)) & mask);
          rows[at + 3] = low + scale * ((codes >>> (3 * bits)) & mask);
          codes >>>= 4 * bits;
        }
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
    read: (first, end, rows) => {
      if (axis === "tokens") {
        readAlongTokens(first, end, rows);
        return;
      }
      const readSlot = isWordwise ? readWords : readRow;
      for (let slot = first; slot < end; slot++) readSlot(slot, rows, (slot - first) * headDim);
    },
    move: (first, end, to) => {
      for (const { array, width } of arrays) array.copyWithin(to * width, first * width, end * width);
    },
  };
}
