import { describe, expect, it, vi } from "vitest";
import { compiledWasm } from "../../../../scripts/buildWasm";
import { randomStream } from "../../../lib/random";
import type { ModelWeights } from "../../../model/weights";
import { createRows, plainProducts } from "../products";
import { packedProductModule } from "./packedProductModule";
import { createSimdProducts } from "./simdProducts";

function randomValues(seed: number, length: number): Float32Array {
  const stream = randomStream(seed);
  return Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
}

/** A model of one matrix: only its output is multiplied with. */
function outputOnly(output: Float32Array, hiddenSize: number): ModelWeights {
  return { embedding: output, layers: [], finalNorm: new Float32Array(hiddenSize), output };
}

describe("products through SIMD", () => {
  // Below, at and above the eight rows of a block.
  it.each([1, 2, 7, 8, 9, 16, 21])("give the bits of the plain loops for %i rows", (rowCount) => {
    const matrix = randomValues(1, rowCount * 10);
    const inputs = createRows(5, 10);
    inputs.values.set(randomValues(2, 50));
    const simd = createSimdProducts(outputOnly(matrix, 10));
    for (const tokenCount of [1, 5]) {
      const expected = createRows(5, rowCount);
      const found = createRows(5, rowCount);
      plainProducts.multiply(matrix, inputs, expected, tokenCount);
      simd?.multiply(matrix, inputs, found, tokenCount);
      expect(found.values).toEqual(expected.values);
    }
  });

  it("says what the copy of the matrices takes, in whole pages", () => {
    expect(createSimdProducts(outputOnly(new Float32Array(16_384), 128))?.copyBytes).toBe(2 * 65_536);
  });

  it("leave the plain loops to it where WebAssembly is missing or a security policy forbids it", () => {
    const model = outputOnly(randomValues(1, 80), 10);
    vi.stubGlobal("WebAssembly", undefined);
    expect(createSimdProducts(model)).toBeNull();
    vi.unstubAllGlobals();
    const Module = function (): never {
      throw new WebAssembly.CompileError("refused by the content security policy");
    };
    vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Module: { value: Module } }));
    expect(createSimdProducts(model)).toBeNull();
    vi.unstubAllGlobals();
    expect(createSimdProducts(model)).not.toBeNull();
  });

  it("runs what packedProduct.wat says", async () => {
    expect(Buffer.from(await compiledWasm("packedProduct")).toString("base64")).toBe(packedProductModule);
  });
});

describe("products of an event's rows through SIMD", () => {
  // Around a block of eight rows and a pair of vectors, and larger than the memory was before.
  it.each([
    { rowCount: 1, vectorCount: 1 },
    { rowCount: 7, vectorCount: 2 },
    { rowCount: 8, vectorCount: 3 },
    { rowCount: 9, vectorCount: 4 },
    { rowCount: 900, vectorCount: 31 },
  ])("give the bits of the plain loops for $rowCount rows and $vectorCount vectors", ({ rowCount, vectorCount }) => {
    const rows = randomValues(3, rowCount * 12);
    const vectors = randomValues(4, vectorCount * 12);
    const simd = createSimdProducts(outputOnly(randomValues(1, 80), 10))?.rows;
    simd?.setRows(rows, 12);
    plainProducts.rows.setRows(rows, 12);
    for (const count of [rowCount, Math.ceil(rowCount / 2)]) {
      const [found, expected] = [simd, plainProducts.rows].map((products) => {
        const { values, stride } = products?.multiply(vectors, count) ?? { values: new Float32Array(0), stride: 0 };
        return Array.from({ length: vectorCount }, (_, at) => values.slice(at * stride, at * stride + count));
      });
      expect(found).toEqual(expected);
    }
  });

  it("give the bits of Math.exp, and of sums of it", () => {
    const stream = randomStream(5);
    const edges = [0, -1e-9, -3.7e-9, -0.3465, -0.34657359, -0.34657362, -1.0397, -1.0398, -87.4, -103.9, -104.1];
    const far = [-700, -707.9, -708.1, -745.2, -1e4, -Infinity];
    const drawn = Array.from({ length: 3000 }, () => -(10 ** (4 * stream.uniform() - 2)));
    const rows = Float32Array.from([...edges, ...far, ...drawn]);
    const simd = createSimdProducts(outputOnly(randomValues(1, 80), 10))?.rows;
    for (const [start, end, scale] of [
      [0, rows.length, 1],
      [0, rows.length, Math.SQRT1_2],
      [0, 0, 1],
      [3, 4, 1],
      [1, 12, 1],
    ]) {
      const [found, expected] = [simd, plainProducts.rows].map((products) => {
        products?.setRows(rows, 1);
        const { values } = products?.multiply(Float32Array.of(1), rows.length) ?? { values: new Float32Array(0) };
        const sum = products?.exponentiate({ start, end }, 0, scale, 0.25);
        return { sum, values: values.slice(0, rows.length) };
      });
      expect(found).toEqual(expected);
    }
  });
});
