// A model's matrices in blocks of few bits, made when a backend reads them. The bytes are those that the package gguf makes of
// the same numbers (fixtures/golden, kind related.gguf.quantise); norms and biases stay as they are.

import { InputError } from "../lib/errors";
import { halfNearest } from "../lib/float16";
import { dequantiseRow, weightFormat, type BlockFormat } from "./weightFormats";
import { isStored, mapMatrices, matricesOf, rowBytesOf, type ModelWeights, type WeightMatrix } from "./weights";

/** Largest first. */
export const quantisedFormats = ["Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"] as const;
export type QuantisedFormat = (typeof quantisedFormats)[number];

const BLOCK = 32;
const { fround } = Math;

/** The same model with its matrices in blocks. Throws InputError where they are in blocks already, or too narrow for them. */
export function quantiseWeights(weights: ModelWeights, name: QuantisedFormat): ModelWeights {
  const format = blockFormat(name);
  const columnsOf = new Map([[weights.embedding, weights.finalNorm.length], ...matricesOf(weights)]);
  const quantise = (matrix: WeightMatrix): WeightMatrix => {
    if (isStored(matrix) && matrix.format.type === "blocks") {
      throw new InputError(
        "the model’s weights are quantised already: run them as they are, or choose its F32 or F16 file",
      );
    }
    const columnCount = columnsOf.get(matrix) ?? 0;
    if (columnCount % BLOCK !== 0) {
      throw new InputError(
        `a matrix of the model has ${columnCount} columns, expected a multiple of ${BLOCK} for ${name}; choose another model`,
      );
    }
    const rowCount = isStored(matrix) ? matrix.rowCount : matrix.length / columnCount;
    const shape = { name: isStored(matrix) ? matrix.name : "a matrix", format, rowCount, columnCount };
    return {
      ...shape,
      readRows: async (firstRow, count) =>
        quantiseNumbers(name, await numbersOf(matrix, { firstRow, count, columnCount })),
    };
  };
  return mapMatrices(weights, quantise);
}

interface Rows {
  readonly firstRow: number;
  readonly count: number;
  readonly columnCount: number;
}

async function numbersOf(matrix: WeightMatrix, { firstRow, count, columnCount }: Rows): Promise<Float32Array> {
  if (!isStored(matrix)) return matrix.subarray(firstRow * columnCount, (firstRow + count) * columnCount);
  const numbers = new Float32Array(count * columnCount);
  const bytes = await matrix.readRows(firstRow, count);
  for (let row = 0; row < count; row++) {
    const rowBytes = rowBytesOf(matrix);
    const own = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    dequantiseRow(matrix.format, own, numbers.subarray(row * columnCount, (row + 1) * columnCount));
  }
  return numbers;
}

function blockFormat(name: QuantisedFormat): BlockFormat {
  const format = weightFormat(name);
  if (format?.type !== "blocks") throw new Error(`${name} is a format of blocks`);
  return format;
}

/** Whole blocks of 32 numbers, one behind the other. */
export function quantiseNumbers(name: QuantisedFormat, numbers: Float32Array): Uint8Array {
  const { blockBytes } = blockFormat(name);
  const bytes = new Uint8Array((numbers.length / BLOCK) * blockBytes);
  for (let block = 0; block * BLOCK < numbers.length; block++) {
    const place = bytes.subarray(block * blockBytes, (block + 1) * blockBytes);
    const values = numbers.subarray(block * BLOCK, (block + 1) * BLOCK);
    if (name === "Q8_0") quantiseBytes(values, place);
    else quantiseNibbles(name, values, place);
  }
  return bytes;
}

function quantiseBytes(values: Float32Array, place: Uint8Array): void {
  const scale = fround(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127);
  const up = inverse(scale);
  putHalf(place, 0, scale);
  values.forEach((value, at) => {
    const scaled = fround(value * up);
    const size = Math.abs(scaled);
    const whole = Math.floor(size);
    // Half away from zero.
    place[2 + at] = Math.sign(scaled) * (whole + Math.floor(2 * (size - whole)));
  });
}

/** Codes of four bits, or of five, the fifth in a word of its own; with a low they count from the smallest number. */
function quantiseNibbles(name: Exclude<QuantisedFormat, "Q8_0">, values: Float32Array, place: Uint8Array): void {
  const hasLow = name.endsWith("_1");
  const isFive = name.startsWith("Q5");
  const codeCount = isFive ? 32 : 16;
  const low = hasLow ? values.reduce((least, value) => Math.min(least, value), Infinity) : 0;
  const scale = fround(hasLow ? rangeOf(values, low) / (codeCount - 1) : farthest(values) / (-codeCount / 2));
  const up = inverse(scale);
  const shift = hasLow ? 0.5 : codeCount / 2 + 0.5;
  putHalf(place, 0, scale);
  if (hasLow) putHalf(place, 2, low);
  const fifthsAt = hasLow ? 4 : 2;
  const codesAt = fifthsAt + (isFive ? 4 : 0);
  values.forEach((value, at) => {
    const scaled = fround(fround(value - low) * up);
    const code = Math.min(codeCount - 1, Math.trunc(fround(scaled + shift)));
    place[codesAt + (at & 15)] |= (code & 15) << (at < 16 ? 0 : 4);
    if (isFive) place[fifthsAt + (at >> 3)] |= (code >> 4) << (at & 7);
  });
}

function rangeOf(values: Float32Array, low: number): number {
  return fround(values.reduce((most, value) => Math.max(most, value), -Infinity) - low);
}

/** The number farthest from zero, with its sign; of several the first. */
function farthest(values: Float32Array): number {
  return values.reduce((found, value) => (Math.abs(value) > Math.abs(found) ? value : found), 0);
}

function inverse(scale: number): number {
  return scale === 0 ? 0 : fround(1 / scale);
}

function putHalf(place: Uint8Array, at: number, value: number): void {
  const half = halfNearest(value);
  place[at] = half & 255;
  place[at + 1] = half >> 8;
}
