// How close the CPU backend's decode comes to the matrix-vector products it consists of.
import { matVec } from "../src/engine/cpu/matVec";
import type { ModelConfig } from "../src/model/config";
import type { LayerWeights } from "../src/model/weights";
import type { BenchCase } from "./benchCase";
import { median, rounded } from "./table";
import { timedRun } from "./timedRun";

/** One product: matrix [row][column], input [column], output [row]. */
function product(matrix: Float32Array, columnCount: number) {
  return {
    matrix,
    input: new Float32Array(columnCount).fill(0.5),
    output: new Float32Array(matrix.length / columnCount),
  };
}

function productsOf(layer: LayerWeights, config: ModelConfig) {
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
    const sweepMs = (): number => {
      const sweepCount = isQuick ? 20 : 100;
      const start = performance.now();
      for (let sweep = 0; sweep < sweepCount; sweep++) {
        for (const { matrix, input, output } of work) matVec(matrix, input, output);
      }
      return (performance.now() - start) / sweepCount;
    };
    sweepMs();
    const cpu = context.backends.find((backend) => backend.summary.type === "cpu");
    if (cpu === undefined) throw new Error("the CPU backend is always there");
    const rows = [];
    for (let repeat = 0; repeat < (isQuick ? 1 : 5); repeat++) {
      const plainMs = sweepMs();
      const run = await timedRun(context, cpu, {
        promptCount: 86,
        decodeCount: isQuick ? 64 : 128,
        policyId: "gkv",
        parameters: { budgetSlots: 96 },
        hasTaps: false,
      });
      rows.push({ plainMs, decodeMs: run.plainStepMs, ratio: run.plainStepMs / plainMs });
    }
    const parameterCount = work.reduce((sum, { matrix }) => sum + matrix.length, 0);
    const plainMs = median(rows.map((row) => row.plainMs));
    return {
      title: "CPU decode step against the plain matrix-vector rate",
      note: "all weight matrices once against one forward of G-KV at 96 slots, in turns; target ≤ 2",
      columns: ["plain ms", "GFLOP/s", "decode ms", "ratio"],
      rows: [
        [
          rounded(plainMs),
          rounded((2 * parameterCount) / plainMs / 1e6),
          rounded(median(rows.map((row) => row.decodeMs))),
          rounded(median(rows.map((row) => row.ratio))),
        ],
      ],
    };
  },
};
