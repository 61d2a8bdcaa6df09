// One run from options to a finished trace: the loop of the product without a page.

import path from "node:path";
import { createDecodeLoop } from "../../src/engine/decodeLoop";
import { createTraceHeader, modelSummary, toStepRecord } from "../../src/engine/traceRecords";
import { loadModel } from "../../src/model/loadModel";
import type { EvictionEvent, StepRecord, Trace } from "../../src/trace/trace";
import { createTraceBuilder } from "../../src/trace/traceBuilder";
import { directorySource } from "../directorySource";
import type { Task } from "./findProblem";
import { openBackend } from "../../lab/openModel";
import type { DecodeOptions } from "./options";
import type { AddedTokens } from "./summary";

/** Enough for every problem of the embedded model; --max-new overrides it. */
const DEFAULT_NEW_TOKENS = 512;

export interface FinishedRun {
  readonly trace: Trace;
  /** What was generated, as one text. */
  readonly text: string;
  /** Bytes of a character that the run ended in, as text. */
  readonly unfinishedText: string;
  readonly addedTokens: AddedTokens;
}

export async function runTask(
  options: DecodeOptions,
  task: Task,
  onStep: (record: StepRecord, eviction: EvictionEvent | null) => void,
): Promise<FinishedRun> {
  const model = await loadModel(directorySource(options.modelFolder));
  const { tokenizer, config } = model;
  const promptTokens = tokenizer.encode(task.prompt);
  const room = config.maxPositions - promptTokens.length;
  const recipe = {
    promptText: task.prompt,
    expectedAnswer: task.answer,
    policyId: options.policy.id,
    parameters: options.parameters,
    sampling: options.sampling,
    maxNewTokens: options.maxNewTokens ?? Math.max(1, Math.min(DEFAULT_NEW_TOKENS, room)),
    hasTaps: options.traceFile !== null,
    hasShadow: options.hasShadow,
  };
  const backend = await openBackend(options.backend, model);
  try {
    const loop = await createDecodeLoop(backend, { model, tokenizer, promptTokens, recipe });
    const name = path.basename(options.modelFolder);
    const header = createTraceHeader({
      model: modelSummary({ id: name, label: name }, model),
      backend: backend.summary,
      memory: loop.memory,
      recipe,
      tokenizer,
      promptTokens,
    });
    const builder = createTraceBuilder(header);
    const texts = tokenizer.textStream();
    let end: Trace["end"] = null;
    while (end === null) {
      const loopStep = await loop.next();
      const record = toStepRecord(loopStep, texts);
      builder.append(record, loopStep.eviction);
      onStep(record, loopStep.eviction);
      end = loopStep.end;
    }
    builder.finish(end);
    loop.dispose();
    const { trace } = builder;
    const { before, behind } = tokenizer.frame;
    return {
      trace,
      text: tokenizer.decode(trace.steps.map(({ token }) => token)),
      unfinishedText: texts.rest(),
      addedTokens: { before: before.map(tokenizer.tokenText), behind: behind.map(tokenizer.tokenText) },
    };
  } finally {
    backend.dispose();
  }
}
