// The products of matrices that stay as their file stores them, and those in blocks: read once, slab by slab, into one memory,
// WebAssembly's, whose SIMD multiplies them, or a plain array. numberProducts.ts has those stored number by number.

import { assert, InputError } from "../../lib/errors";
import { numbersOfRow, unpackedRow, unpackRow, type BlockFormat, type UnpackedRow } from "../../model/weightFormats";
import { slabsOf } from "../../model/readMatrix";
import { rowBytesOf, type StoredMatrix } from "../../model/weights";
import { plainBlockProduct } from "./blockProducts";
import { rowOf, type Rows } from "./products";
import { blockProductModule } from "./simd/blockProductModule";
import { openModule } from "./simd/openModule";

/** What both kinds of stored matrices offer. */
export interface StoredProducts {
  readonly usesSimd: boolean;
  multiply(matrix: StoredMatrix, inputs: Rows, outputs: Rows, tokenCount: number): void;
  /** One row as float32. */
  copyRow(matrix: StoredMatrix, row: number, output: Float32Array): void;
  /** Of a matrix; undefined where it is not one of these. */
  heldBytes(matrix: StoredMatrix): number | undefined;
  readonly matrixBytes: number;
  /** Of the same memory, for inputs and products. */
  readonly scratchBytes: number;
}

/** What WebAssembly can address. */
const LARGEST_BYTES = 4 * 1024 ** 3 - 65_536;
const ALIGNMENT = 16;

/** The formats that blockProduct.wat unpacks, in the order of its table; others are unpacked when they are read. */
const unpackers = ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"];
const wideUnpacker = { 16: 8, 32: 9 } as const;

interface HeldMatrix {
  readonly format: BlockFormat;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly offset: number;
  /** Of a row as it is held. */
  readonly rowBytes: number;
  /** Place in the table of blockProduct.wat. */
  readonly unpacker: number;
  /** Rows are held as codes, scales and lows. */
  readonly isUnpacked: boolean;
}

/** blockProduct.wat: what each parameter is stands there. */
interface Kernels {
  prepare(input: number, output: number, columnCount: number): void;
  multiply(...numbers: [number, number, number, number, number, number, number, number, number, number, number]): void;
}

/** Tokens that are multiplied together, at most. */
const MAX_TOKENS = 32;
/** There is room for so many products, or for those of one token where they are more. */
const PRODUCT_ROOM = 2 ** 18;

/** Reads the matrices. Rejects with InputError where one cannot be read, or all of them are too large. */
export async function createBlockProducts(
  matrices: readonly StoredMatrix[],
  allowsSimd = true,
): Promise<StoredProducts> {
  const held = new Map<StoredMatrix, HeldMatrix>();
  let end = 0;
  const take = (byteCount: number): number => {
    const first = end;
    end += ALIGNMENT * Math.ceil((byteCount + ALIGNMENT) / ALIGNMENT); // kernels may read a register beyond
    return first;
  };
  for (const matrix of matrices) {
    const place = planMatrix(matrix);
    held.set(matrix, { ...place, offset: take(place.rowBytes * place.rowCount) });
  }
  const matrixBytes = end;
  const widest = Math.max(...matrices.map(({ columnCount }) => columnCount));
  const tallest = Math.max(...matrices.map(({ rowCount }) => rowCount + 1));
  const productRoom = Math.max(tallest, PRODUCT_ROOM);
  const plan = {
    input: take(4 * widest),
    prepared: take(MAX_TOKENS * preparedBytes(widest)),
    output: take(4 * productRoom),
    scratch: take(4 * widest),
  };
  refuseTooLarge(end);
  const opened = allowsSimd ? openModule(blockProductModule, end) : null;
  const memory = opened?.memory.buffer ?? allocate(end);
  const bytes = new Uint8Array(memory);
  for (const [matrix, place] of held) await holdMatrix(matrix, place, bytes);

  const placeOf = (matrix: StoredMatrix): HeldMatrix => {
    const place = held.get(matrix);
    assert(place !== undefined, "the matrix is one of the model’s");
    return place;
  };
  const heldRow = ({ offset, rowBytes }: HeldMatrix, row: number): Uint8Array =>
    bytes.subarray(offset + row * rowBytes, offset + (row + 1) * rowBytes);
  const readRow = (place: HeldMatrix, row: number, into: UnpackedRow): void => {
    if (place.isUnpacked) copyUnpacked(heldRow(place, row), into);
    else unpackRow(place.format, heldRow(place, row), into);
  };

  const floats = new Float32Array(memory, 0, Math.floor(memory.byteLength / 4));
  const kernels = opened === null ? null : (opened.exports as unknown as Kernels);
  const multiply: StoredProducts["multiply"] =
    kernels === null
      ? (matrix, inputs, outputs, tokenCount) => {
          const place = placeOf(matrix);
          const rows = {
            format: place.format,
            readRow: (row: number, into: UnpackedRow) => readRow(place, row, into),
          };
          for (let token = 0; token < tokenCount; token++) {
            plainBlockProduct(rows, rowOf(inputs, token), rowOf(outputs, token));
          }
        }
      : (matrix, inputs, outputs, tokenCount) => {
          const { format, rowCount, columnCount, offset, rowBytes, unpacker } = placeOf(matrix);
          const stride = 2 * Math.ceil(rowCount / 2);
          const atOnce = Math.min(MAX_TOKENS, Math.floor(productRoom / stride));
          for (let firstToken = 0; firstToken < tokenCount; firstToken += atOnce) {
            const count = Math.min(atOnce, tokenCount - firstToken);
            for (let at = 0; at < count; at++) {
              floats.set(rowOf(inputs, firstToken + at), plan.input / 4);
              kernels.prepare(plan.input, plan.prepared + at * preparedBytes(columnCount), columnCount);
            }
            kernels.multiply(
              ...([unpacker, offset, rowBytes, rowCount, columnCount, format.groupValues] as const),
              ...([format.hasLows ? 1 : 0, plan.prepared, count, plan.output, plan.scratch] as const),
            );
            for (let at = 0; at < count; at++) {
              const first = plan.output / 4 + at * stride;
              rowOf(outputs, firstToken + at).set(floats.subarray(first, first + rowCount));
            }
          }
        };
  return {
    usesSimd: kernels !== null,
    multiply,
    copyRow: (matrix, row, output) => {
      const place = placeOf(matrix);
      const said = unpackedRow(place.format, place.columnCount);
      readRow(place, row, said);
      numbersOfRow(place.format, said, output);
    },
    heldBytes: (matrix) => {
      const place = held.get(matrix);
      return place && place.rowBytes * place.rowCount;
    },
    matrixBytes,
    scratchBytes: memory.byteLength - matrixBytes,
  };
}

/** Throws InputError for more bytes than WebAssembly can address. */
export function refuseTooLarge(byteLength: number): void {
  if (byteLength <= LARGEST_BYTES) return;
  throw new InputError(
    `the model’s matrices take ${Math.round(byteLength / 1e6)} MB, the processor can hold ${Math.round(LARGEST_BYTES / 1e6)} MB; choose a smaller model`,
  );
}

/** As blockProduct.wat lays a prepared input out. */
function preparedBytes(columnCount: number): number {
  return 4 * columnCount + columnCount / 8 + columnCount / 4;
}

function planMatrix(matrix: StoredMatrix): Omit<HeldMatrix, "offset"> {
  const { format, rowCount, columnCount } = matrix;
  assert(format.type === "blocks", "matrices of plain numbers are held elsewhere");
  const known = unpackers.indexOf(format.name);
  const isUnpacked = known < 0;
  const groupCount = columnCount / format.groupValues;
  return {
    ...{ format, rowCount, columnCount, isUnpacked },
    rowBytes: isUnpacked ? columnCount + 8 * groupCount : rowBytesOf(matrix),
    unpacker: isUnpacked ? wideUnpacker[format.groupValues] : known,
  };
}

async function holdMatrix(matrix: StoredMatrix, place: HeldMatrix, bytes: Uint8Array): Promise<void> {
  const storedRowBytes = rowBytesOf(matrix);
  for await (const { firstRow: first, rowCount: count, bytes: slab } of slabsOf(matrix)) {
    if (!place.isUnpacked) {
      bytes.set(slab, place.offset + first * place.rowBytes);
      continue;
    }
    const { format, columnCount } = place;
    const row = unpackedRow(format, columnCount);
    for (let at = 0; at < count; at++) {
      unpackRow(format, slab.subarray(at * storedRowBytes, (at + 1) * storedRowBytes), row);
      let to = place.offset + (first + at) * place.rowBytes;
      for (const part of [row.codes, row.scales, row.lows]) {
        bytes.set(new Uint8Array(part.buffer), to);
        to += part.byteLength;
      }
    }
  }
}

/** As holdMatrix wrote it. */
function copyUnpacked(held: Uint8Array, { codes, scales, lows }: UnpackedRow): void {
  let at = 0;
  for (const part of [codes, scales, lows]) {
    new Uint8Array(part.buffer).set(held.subarray(at, at + part.byteLength));
    at += part.byteLength;
  }
}

function allocate(byteLength: number): ArrayBuffer {
  try {
    return new ArrayBuffer(byteLength);
  } catch {
    throw new InputError(
      `there is no memory for the model’s ${Math.round(byteLength / 1e6)} MB; choose a smaller model`,
    );
  }
}
