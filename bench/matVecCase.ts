// The matrix products of a CPU decode step by themselves, in plain loops and through SIMD, and how close a step comes.
import type { MatrixProducts, Rows } from "../src/engine/cpu/products";
import { createRows, plainProducts } from "../src/engine/cpu/products";
import { createSimdProducts } from "../src/engine/cpu/simd/simdProducts";
import type { ModelConfig } from "../src/model/config";
import { plainMatrix, type LayerWeights, type WeightMatrix } from "../src/model/weights";
import type { BenchCase } from "./context";
import { timedRun } from "./context";
import { median, rounded, spread, spreadNote } from "./table";

interface Product {
  readonly matrix: Float32Array;
  readonly inputs: Rows;
  readonly outputs: Rows;
}

function product(matrix: WeightMatrix, columnCount: number): Product {
  const inputs = createRows(1, columnCount);
  inputs.values.fill(0.5);
  const plain = plainMatrix(matrix);
  return { matrix: plain, inputs, outputs: createRows(1, plain.length / columnCount) };
}

function productsOf(layer: LayerWeights, config: ModelConfig): Product[] {
  const { query, key, value, attentionOutput, gate, up, down } = layer;
  return [
    ...[query, key, value, gate, up].map((matrix) => product(matrix, config.hiddenSize)),
    product(attentionOutput, config.headCount * config.headDim),
    product(down, config.intermediateSize),
  ];
}

export const matVecCase: BenchCase = {
  id: "matvec",
  run: async (context, { isQuick }) => {
    const { config, weights } = context.endlessModel;
    const work = [
      ...weights.layers.flatMap((layer) => productsOf(layer, config)),
      product(weights.output, config.hiddenSize),
    ];
    const sweepMs = (products: MatrixProducts): number => {
      const sweepCount = isQuick ? 20 : 100;
      const start = performance.now();
      for (let sweep = 0; sweep < sweepCount; sweep++) {
        for (const { matrix, inputs, outputs } of work) products.multiply(matrix, inputs, outputs, 1);
      }
      return (performance.now() - start) / sweepCount;
    };
    const simdProducts = createSimdProducts(weights);
    if (simdProducts === null) throw new Error("this browser has no WebAssembly SIMD");
    sweepMs(plainProducts);
    sweepMs(simdProducts);
    const cpu = context.backends.find((backend) => backend.summary.type === "cpu");
    if (cpu === undefined) throw new Error("the CPU backend is always there");
    const rows = [];
    for (let repeat = 0; repeat < (isQuick ? 1 : 5); repeat++) {
      const plainMs = sweepMs(plainProducts);
      const simdMs = sweepMs(simdProducts);
      const run = await timedRun(context, cpu, {
        promptCount: 86,
        decodeCount: isQuick ? 64 : 128,
        policyId: "gkv",
        parameters: { budgetSlots: 96 },
        hasTaps: false,
      });
      rows.push({
        plainMs,
        simdMs,
        decodeMs: run.plainStepMs,
        gain: plainMs / simdMs,
        ratio: run.plainStepMs / simdMs,
      });
    }
    const parameterCount = work.reduce((sum, { matrix }) => sum + matrix.length, 0);
    const gigaflops = (ms: number) => (2 * parameterCount) / ms / 1e6;
    const plainMs = rows.map((row) => row.plainMs);
    const simdMs = rows.map((row) => row.simdMs);
    return {
      title: "CPU decode step against the matrix products in it",
      note: `all weight matrices once, in plain loops and through SIMD, against one forward of G-KV at 96 slots, in turns; ${spreadNote}`,
      columns: ["plain ms", "GFLOP/s", "SIMD ms", "GFLOP/s", "plain / SIMD", "decode ms", "decode / SIMD"],
      rows: [
        [
          spread(plainMs),
          rounded(gigaflops(median(plainMs))),
          spread(simdMs),
          rounded(gigaflops(median(simdMs))),
          spread(rows.map((row) => row.gain)),
          spread(rows.map((row) => row.decodeMs)),
          spread(rows.map((row) => row.ratio)),
        ],
      ],
    };
  },
};
