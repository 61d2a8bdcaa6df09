// Whole runs as traces, without worker or page: for recordings, scripts and tests. One run, or lanes stepped together as
// the worker steps them (engineRun.ts), but without pause, stop or a lost device.

import { InputError } from "../src/lib/errors";
import type { EvictionEvent, ModelSummary, StepRecord, Trace } from "../src/trace/trace";
import { createTraceBuilder } from "../src/trace/traceBuilder";
import type { Backend } from "../src/engine/backend";
import { createDecodeLoop } from "../src/engine/decodeLoop";
import type { DecodeLoopRequest } from "../src/engine/decodeLoop";
import { laneRecipes, openSharedFullCache } from "../src/engine/forcedLanes";
import type { RunRecipe, RunRequest } from "../src/engine/protocol";
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

/** Decodes every lane to its end: a trace for each, in the order of the lanes. Throws InputError for lanes that cannot be run. */
export async function recordLanes(
  backend: Backend,
  summary: ModelSummary,
  { model, tokenizer, request }: Pick<DecodeLoopRequest, "model" | "tokenizer"> & { readonly request: RunRequest },
): Promise<Trace[]> {
  const recipes = laneRecipes(request);
  const other = recipes.findIndex((recipe) => recipe.model !== undefined);
  if (other !== -1) {
    throw new InputError(
      `lane ${other + 1} has a model of its own, and a recording has one model for all lanes; record that lane by itself`,
    );
  }
  const opened: { dispose(): void }[] = [];
  const lanes: Recording[] = [];
  try {
    const sharedFullCache = request.isForced
      ? await openSharedFullCache(backend, { model, tokenizer }, { recipes, forcedTokens: [] })
      : undefined;
    if (sharedFullCache !== undefined) opened.push(sharedFullCache.fullCache);
    for (const recipe of recipes) {
      const promptTokens = tokenizer.encode(recipe.promptText);
      const lane = await openRecording(backend, summary, { model, tokenizer, promptTokens, recipe, sharedFullCache });
      opened.push(lane);
      lanes.push(lane);
    }
    while (lanes.some(({ trace }) => trace.end === null)) {
      for (const lane of lanes) if (lane.trace.end === null) await lane.step();
    }
    return lanes.map(({ trace }) => trace);
  } finally {
    for (const each of opened) each.dispose();
  }
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
