// Matrices as MLX quantises them: number = scale · code + bias, with a scale and a bias for each group of 32, 64 or 128
// columns. Three tensors make one matrix, which stays as they are; blocks of 32 codes are put together when rows are read.
//
//   NAME.weight   U32 [row][column · bits / 32]   codes, lowest bits first
//   NAME.scales, NAME.biases   [row][group]       F16, BF16 or F32

import { InputError } from "../lib/errors";
import { decodeFloat16, encodeFloat16, halfNearest } from "../lib/float16";
import { describe } from "./fields";
import type { AffineCodes, AffineQuantisation } from "./quantisation";
import { readTensor, type TensorEntry } from "./safetensors";
import { affine4, affine8, Q4_1, type BlockFormat } from "./weightFormats";
import type { Shape } from "./weightLayout";
import type { StoredMatrix } from "./weights";

const BLOCK = 32;

/** A tensor of three that make a matrix. */
export interface MlxPart {
  /** Of the matrix in the layout, such as "lm_head.weight". */
  readonly matrix: string;
  readonly part: "weight" | "scales" | "biases";
}

/** Which part of which matrix of the layout a tensor is; null where it is none. */
export function mlxPart(entry: TensorEntry, layout: ReadonlyMap<string, Shape>): MlxPart | null {
  const [, base, part] = /^(.*)\.(weight|scales|biases)$/.exec(entry.name) ?? [];
  if (part !== "weight" && part !== "scales" && part !== "biases") return null;
  if (part === "weight" && entry.type !== "U32") return null;
  const matrix = `${base}.weight`;
  return layout.get(matrix)?.length === 2 ? { matrix, part } : null;
}

/** A tensor's own bytes, and what the header says of it. */
export interface HeldTensor {
  readonly entry: TensorEntry;
  readonly bytes: Uint8Array;
  readonly file: string;
}

export type MlxParts = Partial<Record<MlxPart["part"], HeldTensor>>;

/**
 * The matrix that three tensors make. Throws InputError naming the tensor where one is missing, of another shape than the
 * config says, or not finite.
 */
export function mlxMatrix(
  name: string,
  parts: MlxParts,
  [rowCount, columnCount]: Shape,
  quantisation: AffineQuantisation,
): StoredMatrix {
  const base = name.replace(/\.weight$/, "");
  const { weight, scales, biases } = parts;
  if (weight === undefined || scales === undefined || biases === undefined) {
    const missing = (["weight", "scales", "biases"] as const).filter((part) => parts[part] === undefined);
    const { file } = weight ?? scales ?? biases ?? { file: "the model" };
    throw new InputError(
      `${file}: ${base} is quantised, but ${missing.map((part) => `${base}.${part}`).join(" and ")} cannot be found; download the model again`,
    );
  }
  const codes = codesOf(base, quantisation, weight.file);
  if (columnCount % codes.groupSize !== 0) {
    throw new InputError(
      `${weight.file}: ${name} has ${columnCount} columns, which groups of ${codes.groupSize} do not divide; download the model again`,
    );
  }
  requireShape(weight, [rowCount, (columnCount * codes.bits) / 32], codes);
  const groupCount = columnCount / codes.groupSize;
  for (const each of [scales, biases]) requireShape(each, [rowCount, groupCount], codes);
  const format = formatOf(codes, [scales, biases].map(numbersOf));
  const rows = { weight, scales, biases, columnCount, groupSize: codes.groupSize, format };
  return {
    ...{ name, format, rowCount, columnCount },
    readRows: (firstRow, count) => Promise.resolve(blocksOf(rows, firstRow, count)),
  };
}

function codesOf(base: string, quantisation: AffineQuantisation, file: string): AffineCodes {
  const own = quantisation.modules.get(base);
  if (own === null) {
    throw new InputError(
      `${file}: ${base} is quantised, but config.json says that it is not; use files that belong together`,
    );
  }
  return own ?? quantisation;
}

function requireShape({ entry, file }: HeldTensor, expected: Shape, { bits, groupSize }: AffineCodes): void {
  const { name, shape } = entry;
  if (shape.length === 2 && shape.every((size, axis) => size === expected[axis])) return;
  throw new InputError(
    `${file}: tensor ${name} has shape ${describe(shape)}, expected ${describe(expected)} for ${bits} bits in groups of ${groupSize}; use files that belong together`,
  );
}

/** All finite. */
function numbersOf({ bytes, entry, file }: HeldTensor): Float32Array {
  return readTensor(bytes, { ...entry, begin: 0, end: bytes.length }, file);
}

/** Codes of four bits are Q4_1, for which both backends have products, if halves can say every scale and bias. */
function formatOf({ bits }: AffineCodes, scalesAndBiases: readonly Float32Array[]): BlockFormat {
  if (bits === 8) return affine8;
  const areHalves = scalesAndBiases.every((numbers) => {
    const back = decodeFloat16(encodeFloat16(numbers));
    return back.every((value, at) => value === numbers[at]);
  });
  return areHalves ? Q4_1 : affine4;
}

interface MatrixRows {
  readonly weight: HeldTensor;
  readonly scales: HeldTensor;
  readonly biases: HeldTensor;
  readonly format: BlockFormat;
  readonly columnCount: number;
  readonly groupSize: number;
}

/** Whole rows as blocks of 32. */
function blocksOf(matrix: MatrixRows, firstRow: number, rowCount: number): Uint8Array {
  const { format, columnCount, groupSize } = matrix;
  const { blockBytes } = format;
  const rowBlocks = columnCount / BLOCK;
  const scales = rowsOf(matrix.scales, firstRow, rowCount);
  const biases = rowsOf(matrix.biases, firstRow, rowCount);
  const codeBytes = matrix.weight.bytes.length / matrix.weight.entry.shape[0] / rowBlocks;
  const codes = matrix.weight.bytes.subarray(firstRow * rowBlocks * codeBytes);
  const bytes = new Uint8Array(rowCount * rowBlocks * blockBytes);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < rowCount * rowBlocks; block++) {
    const at = block * blockBytes;
    const group = Math.floor((block * BLOCK) / groupSize); // rows have whole groups
    const [scale, bias] = [scales[group], biases[group]];
    const own = codes.subarray(block * codeBytes, (block + 1) * codeBytes);
    if (format === Q4_1) {
      view.setUint16(at, halfNearest(scale), true);
      view.setUint16(at + 2, halfNearest(bias), true);
      putNibbles(own, bytes.subarray(at + 4));
      continue;
    }
    view.setFloat32(at, scale, true);
    if (format === affine4) {
      view.setFloat32(at + 4, bias, true);
      putNibbles(own, bytes.subarray(at + 8));
    } else {
      view.setFloat32(at + 4, bias + 128 * scale, true);
      own.forEach((code, column) => (bytes[at + 8 + column] = code - 128));
    }
  }
  return bytes;
}

function rowsOf({ bytes, entry, file }: HeldTensor, firstRow: number, rowCount: number): Float32Array {
  const rowBytes = bytes.length / entry.shape[0];
  return readTensor(bytes, { ...entry, begin: firstRow * rowBytes, end: (firstRow + rowCount) * rowBytes }, file);
}

/** MLX has neighbours in a byte; blocks have columns 16 apart there. */
function putNibbles(codes: Uint8Array, place: Uint8Array): void {
  const code = (column: number): number => (codes[column >> 1] >> (4 * (column & 1))) & 15;
  for (let column = 0; column < 16; column++) place[column] = code(column) | (code(column + 16) << 4);
}
