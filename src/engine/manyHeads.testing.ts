// A run of 28 × 8 KV heads, as Qwen3-0.6B has them, on drawn weights of few dimensions: what its trace takes is that of the real one.
import { greedySampling } from "../model/sampling";
import { fullLayers } from "../model/layerConfig";
import { effectiveParameters, policyById } from "../policy/policies";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";
import { watchedHeads, type HeadChoice } from "../trace/watchedHeads";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "./seededModel.testing";
import { createTraceHeader, toStepRecord } from "./traceRecords";

const LAYERS = 28;

const manyHeads = {
  ...tinyConfig,
  layerCount: LAYERS,
  layers: fullLayers(LAYERS, { ropeTheta: 10000, ropeScaling: null }),
  headCount: 16,
  kvHeadCount: 8,
  headDim: 4,
  maxPositions: 8192,
};

export interface ManyHeadsRun {
  readonly stepCount: number;
  readonly budgetSlots: number;
  readonly intervalSteps: number;
  readonly heads: HeadChoice;
}

/** Grows a trace; `onStep` after each of its steps. */
export async function growManyHeads(run: ManyHeadsRun, onStep: (builder: TraceBuilder) => void): Promise<TraceBuilder> {
  const model = seededModel(3, manyHeads);
  const tokenizer = wordTokenizer(manyHeads.vocabularySize);
  const promptTokens = seededPrompt(9, 100);
  const { stepCount, budgetSlots, intervalSteps, heads } = run;
  const recipe = {
    ...{ promptText: "", expectedAnswer: null, policyId: "gkv", hasTaps: true },
    parameters: effectiveParameters(policyById("gkv"), { budgetSlots, intervalSteps, windowSlots: 16 }),
    sampling: { ...greedySampling, temperature: 1, seed: 3 },
    maxNewTokens: stepCount,
  };
  const watched = watchedHeads(manyHeads, { choice: heads, wanted: [] });
  const backend = await createCpuBackend(model);
  const planned = { model, tokenizer, promptTokens, recipe, watchedHeads: () => watched };
  const loop = await createDecodeLoop(backend, planned);
  const summary = { ...manyHeads, id: "many", label: "28 × 8 heads", parameterCount: 0, digest: "00" };
  const facts = { backend: backend.summary, memory: loop.memory, recipe, tokenizer, promptTokens };
  const builder = createTraceBuilder(createTraceHeader({ ...facts, model: summary }));
  const texts = tokenizer.textStream();
  for (let end: string | null = null; end === null;) {
    const step = await loop.next();
    end = step.end;
    builder.append(toStepRecord(step, texts), step.eviction);
    onStep(builder);
  }
  builder.finish("length");
  loop.dispose();
  return builder;
}
