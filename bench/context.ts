// What a bench case is, and what every case works with: the embedded model, both backends, a prompt of any length, a
// timed run.

import type { Backend, Model } from "../src/engine/backend";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { createGpuBackend, type GpuBackend } from "../src/engine/gpu/gpuBackend";
import { openDevice } from "../src/engine/gpu/openDevice";
import { httpSource } from "../src/model/httpSource";
import { loadModel } from "../src/model/loadModel";
import type { Tokenizer } from "../src/model/tokenizer";
import { curatedProblems } from "../src/problems/families";
import { createDecodeLoop } from "../src/engine/decodeLoop";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policyById } from "../src/policy/policies";
import type { PolicyParameters } from "../src/policy/policy";
import { median } from "./table";
import type { BenchTable } from "./table";

/** Long enough for the growth case. */
const LONGEST_TEXT = 4096;

export interface BenchContext {
  readonly description: string[];
  /** The embedded model without its stop tokens and its length limit: the text means nothing beyond it, but costs the same. */
  readonly endlessModel: Model;
  readonly tokenizer: Tokenizer;
  /** CPU first, GPU second where there is an adapter. */
  readonly backends: readonly Backend[];
  readonly gpu: GpuBackend | null;
  /** Tokens of a problem's prompt, repeated as often as needed. */
  promptTokens(count: number): Int32Array;
}

export async function openBenchContext(): Promise<BenchContext> {
  const loaded = await loadModel(httpSource("/models/winnow-1m"));
  const config = { ...loaded.config, stopTokens: [], maxPositions: LONGEST_TEXT };
  const { weights, roles, filters } = loaded;
  const endlessModel = { config, weights, roles, filters };
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

export interface TimedRunRequest {
  readonly promptCount: number;
  /** Forwards after the prefill that are timed. */
  readonly decodeCount: number;
  readonly policyId: string;
  readonly parameters?: Partial<PolicyParameters>;
  readonly hasTaps: boolean;
}

export interface TimedRun {
  readonly prefillMs: number;
  /** Wall time of the forwards after the prefill, events included, per forward. */
  readonly decodeMs: number;
  /** Median of the acting events after the prefill; NaN when there was none. */
  readonly eventMs: number;
  /** Median wall time of a forward without an event. */
  readonly plainStepMs: number;
  readonly tokens: readonly number[];
}

/** Two untimed forwards follow the prefill. Only the length of the text matters, not its meaning. */
export async function timedRun(context: BenchContext, backend: Backend, request: TimedRunRequest): Promise<TimedRun> {
  const warmCount = 2;
  const policy = policyById(request.policyId);
  const loop = await createDecodeLoop(backend, {
    model: context.endlessModel,
    tokenizer: context.tokenizer,
    promptTokens: context.promptTokens(request.promptCount),
    recipe: {
      promptText: "",
      expectedAnswer: null,
      policyId: policy.id,
      parameters: effectiveParameters(policy, request.parameters),
      sampling: greedySampling,
      maxNewTokens: warmCount + request.decodeCount + 1,
      hasTaps: request.hasTaps,
    },
  });
  const start = performance.now();
  const prefill = await loop.next();
  const prefillMs = performance.now() - start - prefill.timings.eventMs;
  const tokens = [prefill.result.token];
  for (let step = 0; step < warmCount; step++) tokens.push((await loop.next()).result.token);

  const eventMs: number[] = [];
  const plainMs: number[] = [];
  const decodeStart = performance.now();
  for (let step = 0; step < request.decodeCount; step++) {
    const stepStart = performance.now();
    const { result, eviction, timings } = await loop.next();
    tokens.push(result.token);
    if (eviction === null) plainMs.push(performance.now() - stepStart);
    else eventMs.push(timings.eventMs);
  }
  const decodeMs = (performance.now() - decodeStart) / request.decodeCount;
  loop.dispose();
  return {
    prefillMs,
    decodeMs,
    eventMs: eventMs.length > 0 ? median(eventMs) : NaN,
    plainStepMs: median(plainMs),
    tokens,
  };
}

export interface BenchOptions {
  /** Fewer repeats and shorter texts: to see that it works. */
  readonly isQuick: boolean;
  /** Folders of the server for the neighbour case. */
  readonly onnxModels: string;
  readonly onnxRuntime: string;
}

export interface BenchCase {
  readonly id: string;
  run(context: BenchContext, options: BenchOptions): Promise<BenchTable>;
}
