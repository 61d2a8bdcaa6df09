// Writes matrices that are stored in a file into their buffers, slab by slab: as numbers, or as blocks, without loss, in planes
// one behind the other, as shaders/common/weight*.wgsl read them.
import { encodeFloat16 } from "../../lib/float16";
import { slabsOf } from "../../model/readMatrix";
import { dequantiseRow } from "../../model/weightFormats";
import { rowBytesOf, type StoredMatrix } from "../../model/weights";
import type { BufferPool } from "./bufferPool";
import type { BlockForm, MatrixForm } from "./kernelSpec";

/** What a plane has of a block: so many bytes from this one on. Pieces that are no whole words come last. */
interface Piece {
  readonly from: number;
  readonly bytes: number;
}

const planes: Readonly<Record<BlockForm, readonly Piece[]>> = {
  q8_0: [piece(2, 32), piece(0, 2)],
  q4_0: [piece(2, 16), piece(0, 2)],
  q4_1: [piece(4, 16), piece(0, 4)],
  q5_0: [piece(6, 16), piece(2, 4), piece(0, 2)],
  q5_1: [piece(8, 16), piece(4, 4), piece(0, 4)],
  q4_k: [piece(0, 144)],
  q5_k: [piece(0, 176)],
  q6_k: [piece(0, 208), piece(208, 2)],
  affine8: [piece(8, 32), piece(0, 8)],
  affine4: [piece(8, 16), piece(0, 8)],
};

function piece(from: number, bytes: number): Piece {
  return { from, bytes };
}

/** Parts lie one behind the other; in planes, all of each plane. */
export function fillMatrix(
  pool: BufferPool,
  buffer: GPUBuffer,
  parts: readonly StoredMatrix[],
  form: MatrixForm,
): Promise<void> {
  return form === "f32" || form === "f16"
    ? fillNumbers(pool, buffer, parts, form)
    : fillPlanes(pool, buffer, parts, planes[form]);
}

async function fillNumbers(
  pool: BufferPool,
  buffer: GPUBuffer,
  parts: readonly StoredMatrix[],
  form: MatrixForm,
): Promise<void> {
  let at = 0;
  for (const part of parts) {
    const { columnCount, format } = part;
    const rowBytes = rowBytesOf(part);
    for await (const { rowCount, bytes } of slabsOf(part)) {
      const numbers = new Float32Array(rowCount * columnCount);
      for (let row = 0; row < rowCount; row++) {
        const own = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
        dequantiseRow(format, own, numbers.subarray(row * columnCount, (row + 1) * columnCount));
      }
      const content = form === "f16" ? encodeFloat16(numbers) : numbers;
      await pool.write(buffer, at, content);
      at += content.byteLength;
    }
  }
}

async function fillPlanes(
  pool: BufferPool,
  buffer: GPUBuffer,
  parts: readonly StoredMatrix[],
  pieces: readonly Piece[],
): Promise<void> {
  const blocksOf = ({ format, rowCount, columnCount }: StoredMatrix) => (rowCount * columnCount) / format.blockValues;
  const blockCount = parts.reduce((count, part) => count + blocksOf(part), 0);
  let planeStart = 0;
  const places = pieces.map(({ from, bytes }) => {
    const start = planeStart;
    planeStart += blockCount * bytes;
    // Only whole words can be written, so a plane of halves is written at the end.
    const rest = bytes % 4 === 0 ? null : new Uint8Array(4 * Math.ceil((blockCount * bytes) / 4));
    return { from, bytes, start, rest };
  });
  let firstBlock = 0;
  for (const part of parts) {
    const { blockBytes } = part.format;
    for await (const { bytes: slab } of slabsOf(part)) {
      const count = slab.length / blockBytes;
      for (const { from, bytes, start, rest } of places) {
        const own = rest?.subarray(firstBlock * bytes) ?? new Uint8Array(count * bytes);
        for (let block = 0; block < count; block++) {
          const at = block * blockBytes + from;
          own.set(slab.subarray(at, at + bytes), block * bytes);
        }
        if (rest === null) await pool.write(buffer, start + firstBlock * bytes, own);
      }
      firstBlock += count;
    }
  }
  for (const { start, rest } of places) if (rest !== null) await pool.write(buffer, start, rest);
}
