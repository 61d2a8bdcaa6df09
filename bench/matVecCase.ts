// How close the CPU backend's decode comes to the matrix-vector products it consists of.
import { matVec } from "../src/engine/cpu/matVec";
import type { LayerWeights } from "../src/model/weights";
import type { BenchCase } from "./benchCase";
import { median, rounded } from "./table";
import { timedRun } from "./timedRun";

const matricesOf = (layer: LayerWeights): Float32Array[] => [
  layer.query,
  layer.key,
  layer.value,
  layer.attentionOutput,
  layer.gate,
  layer.up,
  layer.down,
];

export const matVecCase: BenchCase = {
  id: "matvec",
  run: async (context, { isQuick }) => {
    const { config, weights } = context.endlessModel;
    const matrices = [...weights.layers.flatMap(matricesOf), weights.output];
    const work = matrices.map((matrix) => {
      const isDown = weights.layers.some((layer) => layer.down === matrix);
      const isOutput = weights.layers.some((layer) => layer.attentionOutput === matrix);
      const columnCount = isDown
        ? config.intermediateSize
        : isOutput
          ? config.headCount * config.headDim
          : config.hiddenSize;
      return {
        matrix,
        input: new Float32Array(columnCount).fill(0.5),
        output: new Float32Array(matrix.length / columnCount),
      };
    });
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
    const parameterCount = matrices.reduce((sum, matrix) => sum + matrix.length, 0);
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
