// Whole runs as traces, without worker or page: for recordings, scripts and tests. One run, or lanes stepped together as
// the worker steps them (engineRun.ts), but without pause, stop or a lost device.

import { assert, InputError } from "../src/lib/errors";
import type { EvictionEvent, ModelSummary, StepRecord, Trace } from "../src/trace/trace";
import { createTraceBuilder } from "../src/trace/traceBuilder";
import type { Backend } from "../src/engine/backend";
import { createDecodeLoop } from "../src/engine/decodeLoop";
import type { DecodeLoopRequest } from "../src/engine/decodeLoop";
import { followFullCache, laneRecipes } from "../src/engine/forcedLanes";
import type { RunEngine } from "../src/engine/lane";
import type { ModelReference, RunRecipe, RunRequest } from "../src/engine/protocol";
import { createTraceHeader, toStepRecord } from "../src/engine/traceRecords";
import type { OpenedModel } from "./openModel";

/** Decodes to the end, and reports each step. Throws InputError for a recipe that this model cannot run. */
export async function recordTrace(
  backend: Backend,
  summary: ModelSummary,
  request: DecodeLoopRequest,
  onStep?: (record: StepRecord, eviction: EvictionEvent | null) => void,
): Promise<Trace> {
  const recording = await openRecording(backend, summary, request);
  try {
    while (recording.trace.end === null) {
      const { record, eviction } = await recording.step();
      onStep?.(record, eviction);
    }
    return recording.trace;
  } finally {
    recording.dispose();
  }
}

/** The same for an opened model and the recipe's own prompt. */
export function recordRecipe({ loaded, backend, summary }: OpenedModel, recipe: RunRecipe): Promise<Trace> {
  const { tokenizer } = loaded;
  const promptTokens = tokenizer.encode(recipe.promptText);
  return recordTrace(backend, summary, { model: loaded, tokenizer, promptTokens, recipe });
}

export interface LanesRequest extends Pick<DecodeLoopRequest, "model" | "tokenizer"> {
  readonly request: RunRequest;
  /** Opens the models that lanes have for themselves; what it opens is disposed of at the end. */
  readonly openOther?: (reference: ModelReference) => Promise<OpenedModel>;
}

/** Decodes every lane to its end: a trace for each, in the order of the lanes. Throws InputError for lanes that cannot be run. */
export async function recordLanes(
  backend: Backend,
  summary: ModelSummary,
  { model, tokenizer, request, openOther }: LanesRequest,
): Promise<Trace[]> {
  const recipes = laneRecipes(request);
  const opened: { dispose(): void }[] = [];
  const lanes: Recording[] = [];
  try {
    const engineOf = async (own: ModelReference): Promise<RunEngine> => {
      if (openOther === undefined) throw new InputError(`${own.label}: nothing says where a lane's own model is`);
      const { loaded, backend: ownBackend, summary: ownSummary } = await openOther(own);
      opened.push(ownBackend);
      return standing(ownBackend, { model: loaded, tokenizer: loaded.tokenizer, summary: ownSummary });
    };
    const byId = new Map([[summary.id, standing(backend, { model, tokenizer, summary })]]);
    const engines: RunEngine[] = [];
    for (const { model: own } of recipes) {
      const engine = byId.get(own?.id ?? summary.id) ?? (own && (await engineOf(own)));
      assert(engine !== undefined, "a lane without a model of its own runs the first");
      byId.set(own?.id ?? summary.id, engine);
      engines.push(engine);
    }
    const followed = request.isForced ? followFullCache(engines, recipes, request.fedTokens) : null;
    if (followed !== null) opened.push(followed);
    for (const [lane, recipe] of recipes.entries()) {
      const { keeper, ...engine } = engines[lane];
      const sharedFullCache = await followed?.of(engines[lane]);
      const promptTokens = engine.tokenizer.encode(recipe.promptText);
      const wanted = { ...engine, promptTokens, recipe, sharedFullCache };
      const recording = await openRecording(await keeper.current(), engine.summary, wanted);
      opened.push(recording);
      lanes.push(recording);
    }
    while (lanes.some(({ trace }) => trace.end === null)) {
      for (const lane of lanes) if (lane.trace.end === null) await lane.step();
    }
    return lanes.map(({ trace }) => trace);
  } finally {
    for (const each of opened.reverse()) each.dispose();
  }
}

/** On a backend that nothing takes the place of. */
function standing(backend: Backend, { model, tokenizer, summary }: Omit<RunEngine, "keeper">): RunEngine {
  const keeper: RunEngine["keeper"] = {
    current: () => Promise.resolve(backend),
    guard: (_, work) => work,
    renew: () => undefined,
    lose: () => undefined,
    dispose: () => backend.dispose(),
  };
  return { model, tokenizer, summary, keeper };
}

interface Recording {
  readonly trace: Trace;
  step(): Promise<{ readonly record: StepRecord; readonly eviction: EvictionEvent | null }>;
  dispose(): void;
}

async function openRecording(backend: Backend, summary: ModelSummary, request: DecodeLoopRequest): Promise<Recording> {
  const { tokenizer, promptTokens, recipe } = request;
  const loop = await createDecodeLoop(backend, request);
  const header = createTraceHeader({
    model: summary,
    backend: backend.summary,
    memory: loop.memory,
    recipe,
    tokenizer,
    promptTokens,
    isForced: request.sharedFullCache !== undefined,
  });
  const builder = createTraceBuilder(header);
  const texts = tokenizer.textStream();
  return {
    get trace() {
      return builder.trace;
    },
    async step() {
      const step = await loop.next();
      const record = toStepRecord(step, texts);
      builder.append(record, step.eviction);
      if (step.end !== null) builder.finish(step.end);
      return { record, eviction: step.eviction };
    },
    dispose: () => loop.dispose(),
  };
}
