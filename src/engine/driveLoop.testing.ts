// A decode loop on a tiny model, for tests: what is asked, its steps, and a backend whose results come late.
import { headCountOf } from "../cache/headRows";
import { hashUniform } from "../lib/random";
import { greedySampling } from "../model/sampling";
import { effectiveParameters, policyById } from "../policy/policies";
import type { PolicyParameters } from "../policy/policy";
import type { Backend, Model, Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { DecodeLoop, DecodeLoopHistory, DecodeLoopRequest, LoopStep } from "./decodeLoop";
import { createDecodeLoop } from "./decodeLoop";
import type { RunRecipe } from "./protocol";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "./seededModel.testing";

/** Everything that a policy may ask of a model is known of it. */
export const model: Model = {
  ...seededModel(5),
  filters: drawnFilters(),
  roles: {
    infScore: Array.from({ length: tinyConfig.layerCount }, (_, layer) => drawnRow(tinyConfig.headCount, layer)),
  },
};
export const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
export const headCount = headCountOf(tinyConfig);

function drawnFilters(): Float32Array {
  const { layerCount, kvHeadCount, headDim } = tinyConfig;
  return Float32Array.from(drawnRow(layerCount * kvHeadCount * headDim, 9));
}

function drawnRow(length: number, key: number): number[] {
  return Array.from({ length }, (_, at) => hashUniform(key, at));
}

export interface Case extends Partial<PolicyParameters> {
  readonly policyId: string;
  readonly promptCount: number;
  readonly maxNewTokens: number;
}

export function recipeOf({ policyId, maxNewTokens, promptCount: _, ...choices }: Case): RunRecipe {
  return {
    promptText: "",
    expectedAnswer: null,
    policyId,
    parameters: effectiveParameters(policyById(policyId), choices),
    sampling: { ...greedySampling, temperature: 1, seed: 3 },
    maxNewTokens,
    hasTaps: true,
  };
}

interface LoopOptions extends Pick<DecodeLoopRequest, "watchedHeads"> {
  readonly history?: DecodeLoopHistory;
  readonly backend?: Backend;
}

export async function openLoop(given: Case, { history, backend, watchedHeads }: LoopOptions = {}) {
  const promptTokens = seededPrompt(9, given.promptCount);
  return createDecodeLoop(
    backend ?? (await createCpuBackend(model)),
    { model, tokenizer, promptTokens, recipe: recipeOf(given), watchedHeads },
    history,
  );
}

export async function runSteps(loop: DecodeLoop, stepCount = Infinity): Promise<LoopStep[]> {
  const steps: LoopStep[] = [];
  while (steps.length < stepCount) {
    const step = await loop.next();
    steps.push(step);
    if (step.end !== null) break;
  }
  return steps;
}

/** What two runs must have in common; timings differ. */
export function essence(steps: readonly LoopStep[]) {
  return steps.map(({ result, eviction, end }) => ({ ...result, eviction, end, readBackMs: 0 }));
}

export const tight: Case = {
  policyId: "gkv",
  promptCount: 21,
  maxNewTokens: 60,
  budgetSlots: 24,
  windowSlots: 4,
  intervalSteps: 8,
};

/** The CPU backend as if results arrived late: forwards may run ahead as they do on a GPU. */
export async function ringBackend(ringDepth: number, onDecode: (session: Session) => void = () => undefined) {
  const backend = await createCpuBackend(model);
  const createSession: Backend["createSession"] = async (request) => {
    const session = await backend.createSession(request);
    return {
      memory: session.memory,
      ringDepth,
      get lengths() {
        return session.lengths;
      },
      get inFlightCount() {
        return session.inFlightCount;
      },
      prefill: (tokens, signal) => session.prefill(tokens, signal),
      decode: (forced) => {
        session.decode(forced);
        onDecode(session);
      },
      append: (tokens) => session.append(tokens),
      rewind: (slotCount) => session.rewind(slotCount),
      readEntries: () => session.readEntries(),
      collect: () => session.collect(),
      measureTerms: (positions) => session.measureTerms(positions),
      merges: session.merges,
      compact: (plan) => session.compact(plan),
      readLogits: () => session.readLogits(),
      dispose: () => session.dispose(),
    };
  };
  return { ...backend, createSession };
}
