// What every case works with: the embedded model, both backends, a prompt of any length.
import type { Backend, Model } from "../src/engine/backend";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { createGpuBackend, type GpuBackend } from "../src/engine/gpu/gpuBackend";
import { openDevice } from "../src/engine/gpu/openDevice";
import { httpSource } from "../src/model/httpSource";
import { loadModel } from "../src/model/loadModel";
import type { Tokenizer } from "../src/model/tokenizer";
import { curatedProblems } from "../src/problems/families";

/** Long enough for the growth case. */
const LONGEST_TEXT = 4096;

export interface BenchContext {
  readonly description: string[];
  /** The embedded model without its stop tokens and its length limit: beyond it the text means nothing, its cost is the same. */
  readonly endlessModel: Model;
  readonly tokenizer: Tokenizer;
  /** CPU first, GPU second where there is an adapter. */
  readonly backends: readonly Backend[];
  readonly gpu: GpuBackend | null;
  /** The first so many tokens of a problem's prompt, repeated as often as needed. */
  promptTokens(count: number): Int32Array;
}

export async function openBenchContext(): Promise<BenchContext> {
  const loaded = await loadModel(httpSource("/models/winnow-1m"));
  const config = { ...loaded.config, stopTokens: [], maxPositions: LONGEST_TEXT };
  const endlessModel = { config, weights: loaded.weights };
  const cpu = await createCpuBackend(endlessModel);
  const opened = await openDevice(navigator.gpu);
  const gpu = opened && (await createGpuBackend(opened, endlessModel));
  const problem = loaded.tokenizer.encode(curatedProblems[0].prompt);
  return {
    description: [
      `model: winnow-1m, ${loaded.parameterCount} parameters`,
      gpu === null
        ? "gpu: no adapter"
        : `gpu: ${gpu.summary.adapter}${gpu.summary.isSoftware ? " (a software adapter: compare ratios only)" : ""}, weights in ${gpu.summary.weightType}`,
    ],
    endlessModel,
    tokenizer: loaded.tokenizer,
    backends: gpu === null ? [cpu] : [cpu, gpu],
    gpu,
    promptTokens: (count) => Int32Array.from({ length: count }, (_, position) => problem[position % problem.length]),
  };
}
