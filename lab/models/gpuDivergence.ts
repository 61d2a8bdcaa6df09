// How far the GPU's predictions of a published model are from the CPU's, with KV entries as computed and in 16 bits, over tokens
// that both are fed.

import { openNodeGpu } from "../../scripts/nodeGpu";
import { readModel } from "../../scripts/readModel";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";
import { createGpuBackend } from "../../src/engine/gpu/gpuBackend";
import { logitQuality } from "../../src/experiment/characterisation";
import { errorMessage } from "../../src/lib/errors";
import { baseParameters } from "../../src/policy/parameters";
import { fedLogits, type FedText } from "../fedLogits";
import type { MeasuredRun } from "./measure";

/** Tokens of the run that are fed after its prompt. */
const FED_TOKENS = 64;
/** Mean KL, in nats. */
const mostKl = { asComputed: 1e-6, half: 1e-4 };

interface Line {
  readonly line: string;
  readonly isEqual: boolean;
}

type Predictions = readonly Float32Array[];

/** Lines to print. Without WebGPU there is one, which says so. */
export async function compareGpu(file: string, run: MeasuredRun): Promise<readonly Line[]> {
  const device = await openNodeGpu().catch(errorMessage);
  if (typeof device === "string") return [{ line: `Skipped: GPU beside CPU, ${device}`, isEqual: true }];
  const model = await readModel(file);
  const tokens = Int32Array.from([...run.promptTokens, ...run.tokens.slice(0, FED_TOKENS)]);
  const text: FedText = { tokens, promptCount: run.promptTokens.length };
  const half = { ...baseParameters, storage: "half" } as const;

  const cpu = await createCpuBackend(model);
  const onCpu = await fedLogits(cpu, text);
  const halfOnCpu = await fedLogits(cpu, text, half);
  cpu.dispose();
  const gpu = await createGpuBackend(device, model);
  const onGpu = await fedLogits(gpu, text);
  const halfOnGpu = await fedLogits(gpu, text, half);
  gpu.dispose();

  const { asComputed, half: ofHalf } = mostKl;
  return [
    { line: `GPU: ${gpu.summary.adapter}; ${onCpu.length} predictions each`, isEqual: true },
    compare("GPU beside CPU", onCpu, onGpu, asComputed),
    compare("GPU with KV in 16 bits beside CPU", onCpu, halfOnGpu, ofHalf),
    compare("CPU with KV in 16 bits beside CPU", onCpu, halfOnCpu, ofHalf),
    compare("GPU beside CPU, KV in 16 bits on both", halfOnCpu, halfOnGpu, ofHalf),
  ];
}

function compare(name: string, reference: Predictions, other: Predictions, most: number): Line {
  const each = reference.map((logits, step) => Math.abs(logitQuality([logits], [other[step]], [0]).divergence));
  const mean = each.reduce((sum, kl) => sum + kl, 0) / each.length;
  const found = `mean KL ${mean.toExponential(1)}, largest ${Math.max(...each).toExponential(1)}`;
  return { line: `${name}: ${found} (mean at most ${most.toExponential(0)})`, isEqual: mean <= most };
}
