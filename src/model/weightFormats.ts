// How files store the numbers of a matrix: plain, or in blocks that hold codes of a few bits, their scales and, in some
// formats, a lowest value. One table; whoever computes with stored weights reads it. Layouts: ggml's ggml-common.h and
// ggml-quants.c; every value is bit-equal to what the package gguf computes (fixtures/golden, kind related.gguf.dequant).
//
//   row     block block block …      whole blocks, no padding
//   block   groups of 16 or 32 codes; number = scale · code, or scale · code + low

import { halfValues } from "../lib/float16";

/** What a row of blocks says, before codes are multiplied. Groups lie in the order of their numbers. */
export interface UnpackedRow {
  readonly codes: Int8Array; // [column]
  readonly scales: Float32Array; // [group]
  /** Only of formats that have lows. [group] */
  readonly lows: Float32Array;
}

interface AnyFormat {
  readonly name: string;
  /** The number of the type in GGUF; −1 for formats that no GGUF file has. */
  readonly id: number;
  readonly blockValues: number;
  readonly blockBytes: number;
}

/** Every number for itself. */
export interface NumberFormat extends AnyFormat {
  readonly type: "numbers";
  readonly name: "F32" | "F16" | "BF16";
}

export interface BlockFormat extends AnyFormat {
  readonly type: "blocks";
  /** Codes that share a scale. */
  readonly groupValues: 16 | 32;
  readonly hasLows: boolean;
  /** Where a block has its 16-bit floats. Everything else is an integer, which cannot be broken. */
  readonly halfOffsets: readonly number[];
  /** The codes, scales and lows of block `block`, whose bytes begin at `at`. */
  readonly unpack: (bytes: Uint8Array, at: number, row: UnpackedRow, block: number) => void;
}

export type WeightFormat = NumberFormat | BlockFormat;

const halfAt = (bytes: Uint8Array, at: number): number => halfValues()[bytes[at] | (bytes[at + 1] << 8)];
const signed = (byte: number): number => (byte << 24) >> 24;

/** Formats of 32 codes: scale, perhaps a low, perhaps the fifth bits as one word, then 16 bytes of two codes each. */
function nibbles(
  hasLows: boolean,
  hasFifthBits: boolean,
  zero: number,
  table?: readonly number[],
): BlockFormat["unpack"] {
  const bitsAt = hasLows ? 4 : 2;
  const codesAt = bitsAt + (hasFifthBits ? 4 : 0);
  return (bytes, at, { codes, scales, lows }, block) => {
    scales[block] = halfAt(bytes, at);
    if (hasLows) lows[block] = halfAt(bytes, at + 2);
    for (let e = 0; e < 32; e++) {
      const byte = bytes[at + codesAt + (e & 15)];
      let code = e < 16 ? byte & 15 : byte >> 4;
      if (hasFifthBits) code += ((bytes[at + bitsAt + (e >> 3)] >> (e & 7)) & 1) << 4;
      codes[32 * block + e] = table === undefined ? code - zero : table[code];
    }
  };
}

function unpackQ8_0(bytes: Uint8Array, at: number, { codes, scales }: UnpackedRow, block: number): void {
  scales[block] = halfAt(bytes, at);
  for (let e = 0; e < 32; e++) codes[32 * block + e] = signed(bytes[at + 2 + e]);
}

/** Of Q4_K and Q5_K: the 6-bit scale and low of group g, in twelve bytes that begin at `s`. */
function scaleAndLow(bytes: Uint8Array, s: number, g: number): [number, number] {
  if (g < 4) return [bytes[s + g] & 63, bytes[s + g + 4] & 63];
  const both = bytes[s + g + 4];
  return [(both & 15) | ((bytes[s + g - 4] >> 6) << 4), (both >> 4) | ((bytes[s + g] >> 6) << 4)];
}

/** Q4_K, and Q5_K with its 32 bytes of fifth bits: bit g of byte l belongs to code l of group g. */
function superNibbles(hasFifthBits: boolean): BlockFormat["unpack"] {
  const codesAt = hasFifthBits ? 48 : 16;
  return (bytes, at, { codes, scales, lows }, block) => {
    const scale = halfAt(bytes, at);
    const lowScale = halfAt(bytes, at + 2);
    for (let g = 0; g < 8; g++) {
      const [groupScale, groupLow] = scaleAndLow(bytes, at + 4, g);
      scales[8 * block + g] = scale * groupScale;
      lows[8 * block + g] = -Math.fround(lowScale * groupLow);
      for (let l = 0; l < 32; l++) {
        const byte = bytes[at + codesAt + 32 * (g >> 1) + l];
        const fifth = hasFifthBits ? (bytes[at + 16 + l] >> g) & 1 : 0;
        codes[256 * block + 32 * g + l] = ((g & 1) === 0 ? byte & 15 : byte >> 4) | (fifth << 4);
      }
    }
  };
}

/** Codes of 4 bits as in Q4_1, or of 8 around zero, behind a scale and a low in float32. */
function unpackAffine(bits: 4 | 8): BlockFormat["unpack"] {
  return (bytes, at, { codes, scales, lows }, block) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
    scales[block] = view.getFloat32(0, true);
    lows[block] = view.getFloat32(4, true);
    for (let e = 0; e < 32; e++) {
      const byte = bytes[at + 8 + (bits === 8 ? e : e & 15)];
      codes[32 * block + e] = bits === 8 ? signed(byte) : e < 16 ? byte & 15 : byte >> 4;
    }
  };
}

function unpackQ6_K(bytes: Uint8Array, at: number, { codes, scales }: UnpackedRow, block: number): void {
  const scale = halfAt(bytes, at + 208);
  for (let g = 0; g < 16; g++) scales[16 * block + g] = scale * signed(bytes[at + 192 + g]);
  for (let e = 0; e < 256; e++) {
    const half = e >> 7;
    const g = (e >> 5) & 3; // of 32, in its half
    const l = e & 31;
    const low = bytes[at + 64 * half + 32 * (g & 1) + l] >> (g < 2 ? 0 : 4);
    const high = bytes[at + 128 + 32 * half + l] >> (2 * g);
    codes[256 * block + e] = ((low & 15) | ((high & 3) << 4)) - 32;
  }
}

/** Two bits of element e, in 64 bytes that begin at `q`: halves of 128, in each four groups of 32 that share 32 bytes. */
function twoBits(bytes: Uint8Array, q: number, e: number): number {
  return (bytes[q + 32 * (e >> 7) + (e & 31)] >> (2 * ((e >> 5) & 3))) & 3;
}

function unpackQ2_K(bytes: Uint8Array, at: number, { codes, scales, lows }: UnpackedRow, block: number): void {
  const scale = halfAt(bytes, at + 80);
  const lowScale = halfAt(bytes, at + 82);
  for (let g = 0; g < 16; g++) {
    scales[16 * block + g] = scale * (bytes[at + g] & 15);
    lows[16 * block + g] = -Math.fround(lowScale * (bytes[at + g] >> 4));
  }
  for (let e = 0; e < 256; e++) codes[256 * block + e] = twoBits(bytes, at + 16, e);
}

/** Its third bits are stored inverted: where one is clear, 4 is taken off. Group scales have six bits, around 32. */
function unpackQ3_K(bytes: Uint8Array, at: number, { codes, scales }: UnpackedRow, block: number): void {
  const scale = halfAt(bytes, at + 108);
  for (let g = 0; g < 16; g++) {
    const low = bytes[at + 96 + (g & 7)] >> (g < 8 ? 0 : 4);
    const high = bytes[at + 104 + (g & 3)] >> (2 * (g >> 2));
    scales[16 * block + g] = scale * (((low & 15) | ((high & 3) << 4)) - 32);
  }
  for (let e = 0; e < 256; e++) {
    const third = (bytes[at + (e & 31)] >> (e >> 5)) & 1;
    codes[256 * block + e] = twoBits(bytes, at + 32, e) - (third === 1 ? 0 : 4);
  }
}

/** What the codes of IQ4_NL stand for: steps that grow away from zero. */
const unevenCodes = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

const small = { type: "blocks", blockValues: 32, groupValues: 32, hasLows: false, halfOffsets: [0] } as const;
const smallWithLows = { ...small, hasLows: true, halfOffsets: [0, 2] } as const;
const large = { type: "blocks", blockValues: 256 } as const;

export const Q4_1: BlockFormat = {
  ...{ ...smallWithLows, name: "Q4_1", id: 3, blockBytes: 20 },
  unpack: nibbles(true, false, 0),
};

/** What MLX's affine codes become (mlxWeights.ts): blocks of 32 whose scale and low no half can say, or of codes of 8 bits. */
const affine = { ...smallWithLows, id: -1, halfOffsets: [] } as const;
export const affine4: BlockFormat = { ...affine, name: "affine 4 bit", blockBytes: 24, unpack: unpackAffine(4) };
export const affine8: BlockFormat = { ...affine, name: "affine 8 bit", blockBytes: 40, unpack: unpackAffine(8) };

/** Every format that a GGUF file can have and that can be computed with. */
export const weightFormats: readonly WeightFormat[] = [
  { type: "numbers", name: "F32", id: 0, blockValues: 1, blockBytes: 4 },
  { type: "numbers", name: "F16", id: 1, blockValues: 1, blockBytes: 2 },
  { type: "numbers", name: "BF16", id: 30, blockValues: 1, blockBytes: 2 },
  { ...small, name: "Q8_0", id: 8, blockBytes: 34, unpack: unpackQ8_0 },
  { ...small, name: "Q4_0", id: 2, blockBytes: 18, unpack: nibbles(false, false, 8) },
  Q4_1,
  { ...small, name: "Q5_0", id: 6, blockBytes: 22, unpack: nibbles(false, true, 16) },
  { ...smallWithLows, name: "Q5_1", id: 7, blockBytes: 24, unpack: nibbles(true, true, 0) },
  { ...small, name: "IQ4_NL", id: 20, blockBytes: 18, unpack: nibbles(false, false, 0, unevenCodes) },
  {
    ...{ ...large, name: "Q4_K", id: 12, blockBytes: 144, groupValues: 32, hasLows: true, halfOffsets: [0, 2] },
    unpack: superNibbles(false),
  },
  {
    ...{ ...large, name: "Q5_K", id: 13, blockBytes: 176, groupValues: 32, hasLows: true, halfOffsets: [0, 2] },
    unpack: superNibbles(true),
  },
  {
    ...{ ...large, name: "Q6_K", id: 14, blockBytes: 210, groupValues: 16, hasLows: false, halfOffsets: [208] },
    unpack: unpackQ6_K,
  },
  {
    ...{ ...large, name: "Q2_K", id: 10, blockBytes: 84, groupValues: 16, hasLows: true, halfOffsets: [80, 82] },
    unpack: unpackQ2_K,
  },
  {
    ...{ ...large, name: "Q3_K", id: 11, blockBytes: 110, groupValues: 16, hasLows: false, halfOffsets: [108] },
    unpack: unpackQ3_K,
  },
];

const byName = new Map(weightFormats.map((format) => [format.name, format]));

export function weightFormat(name: string): WeightFormat | undefined {
  return byName.get(name);
}

/** Room for the codes of one row. */
export function unpackedRow({ groupValues }: BlockFormat, columnCount: number): UnpackedRow {
  const groupCount = columnCount / groupValues;
  return {
    codes: new Int8Array(columnCount),
    scales: new Float32Array(groupCount),
    lows: new Float32Array(groupCount),
  };
}

export function unpackRow({ blockBytes, unpack }: BlockFormat, bytes: Uint8Array, row: UnpackedRow): void {
  for (let at = 0, block = 0; at < bytes.length; at += blockBytes, block++) unpack(bytes, at, row, block);
}

/** The numbers of one row, or of several of numbers that each stand for themselves. */
export function dequantiseRow(format: WeightFormat, bytes: Uint8Array, numbers: Float32Array): void {
  if (format.type === "numbers") {
    decodeNumbers(format.name, bytes, numbers);
    return;
  }
  const row = unpackedRow(format, numbers.length);
  unpackRow(format, bytes, row);
  numbersOfRow(format, row, numbers);
}

export function numbersOfRow({ groupValues, hasLows }: BlockFormat, row: UnpackedRow, numbers: Float32Array): void {
  for (let column = 0; column < numbers.length; column++) {
    const group = Math.floor(column / groupValues);
    const number = row.scales[group] * row.codes[column];
    // Adding zero would make +0 of −0.
    numbers[column] = hasLows ? Math.fround(number) + row.lows[group] : number;
  }
}

function decodeNumbers(name: NumberFormat["name"], bytes: Uint8Array, numbers: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (name === "F32") {
    for (let at = 0; at < numbers.length; at++) numbers[at] = view.getFloat32(4 * at, true);
  } else if (name === "F16") {
    const values = halfValues();
    for (let at = 0; at < numbers.length; at++) numbers[at] = values[view.getUint16(2 * at, true)];
  } else {
    const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
    for (let at = 0; at < numbers.length; at++) words[at] = view.getUint16(2 * at, true) << 16;
  }
}

/** The first block of some rows whose scale or low is infinite or not a number; −1 where all are sound. */
export function brokenBlock({ blockBytes, halfOffsets }: BlockFormat, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (const offset of halfOffsets) {
      // The upper byte holds the sign, all five bits of the exponent, and two of the fraction.
      if ((bytes[at + offset + 1] & 0x7c) === 0x7c) return at / blockBytes;
    }
  }
  return -1;
}
