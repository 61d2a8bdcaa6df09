// Both kinds of chunk on the same stored rows: what one unpacks, multiplies and adds up, the other does too, bit by bit.
import { describe, expect, it } from "vitest";
import { compiledWasm } from "../../../../scripts/buildWasm";
import { randomStream } from "../../../lib/random";
import { baseParameters } from "../../../policy/parameters";
import type { StorageParameters } from "../../../policy/storageParameters";
import { layerFormat, type LayerFormat } from "../../storage/storageFormat";
import { createPlainChunk, type Chunk } from "../chunk";
import { createPackedPool } from "../packedPool";
import { createSimdChunk } from "./simdChunk";
import { storedRowsModule } from "./storedRowsModule";

function randomRows(seed: number, length: number): Float32Array {
  const stream = randomStream(seed);
  // Of every size that 16 bits have, subnormal ones included.
  return Float32Array.from({ length }, () => (stream.uniform() - 0.5) * 2 ** Math.floor(30 * stream.uniform() - 24));
}

function formatOf(choices: Partial<StorageParameters>, headDim: number): LayerFormat {
  const format = layerFormat({ ...baseParameters, ...choices }, 0, { headDim });
  if (format === null) throw new Error("nothing is packed");
  return format;
}

const bitChoices = ["2", "3", "4", "8"] as const;
const formats: readonly Partial<StorageParameters>[] = [
  { storage: "half" },
  ...bitChoices.flatMap((keyBits): Partial<StorageParameters>[] => [
    { storage: "quantised", keyBits },
    { storage: "quantised", keyBits, groupNumbers: 4, isSymmetric: true },
    { storage: "quantised", keyBits, groupNumbers: 12 },
    { storage: "quantised", keyBits, groupNumbers: 5, groupAxis: "tokens" },
    { storage: "kivi", keyBits, groupNumbers: 32 },
  ]),
];

function simdChunk(headDim: number): Chunk {
  const chunk = createSimdChunk(headDim);
  if (chunk === null) throw new Error("there is no SIMD");
  return chunk;
}

describe.each([8, 32, 80])("a chunk of heads of %i dimensions", (headDim) => {
  it.each(formats.map((format) => [JSON.stringify(format), format] as const))("unpacks %s", (_, choices) => {
    const format = formatOf(choices, headDim);
    const { blockSlots } = format;
    const chunks = [simdChunk(headDim), createPlainChunk(headDim)];
    const blockCount = Math.ceil(90 / blockSlots);
    for (const packed of [format.keys, format.values]) {
      const pool = createPackedPool(packed, { blockCount, blockSlots, headDim });
      for (let block = 0; block < blockCount; block++) pool.write(block, randomRows(block, blockSlots * headDim));
      const means = Uint16Array.from({ length: 8 * headDim }, (__, at) => (977 * at) % 0x7c00);
      for (const [first, end] of [
        [0, 8],
        [3, 4],
        [30, 71],
      ]) {
        const count = Math.min(end - first, chunks[0].slotCount);
        const [found, expected] = chunks.map((chunk) => {
          pool.read(first, first + count, chunk);
          chunk.takeFromMean(means.subarray(0, Math.min(8, count) * headDim));
          return chunk.rows.slice(0, count * headDim);
        });
        expect(found).toEqual(expected);
      }
    }
  });

  it("multiplies and adds up", () => {
    const [simd, plain] = [simdChunk(headDim), createPlainChunk(headDim)];
    simd.rows.set(randomRows(1, simd.rows.length));
    plain.rows.set(simd.rows);
    const query = randomRows(2, headDim);
    for (const count of [1, 7, 8, 9, simd.slotCount]) {
      const [found, expected] = [simd, plain].map((chunk) => {
        const products = new Float32Array(count);
        const sums = new Float64Array(headDim).fill(0.1);
        const exact = new Float64Array(count);
        chunk.multiply(query, products);
        chunk.multiply(query, exact);
        chunk.addUp(products, sums);
        return [products, exact, sums];
      });
      expect(found).toEqual(expected);
    }
  });
});

it("goes without SIMD for heads that do not fill its lanes", () => {
  expect(createSimdChunk(12)).toBeNull();
});

it("runs what storedRows.wat says", async () => {
  expect(Buffer.from(await compiledWasm("storedRows")).toString("base64")).toBe(storedRowsModule);
});
