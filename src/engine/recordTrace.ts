// A whole run as a trace, without worker or page: for recordings, scripts and tests.

import type { ModelSummary, Trace } from "../trace/trace";
import { createTraceBuilder } from "../trace/traceBuilder";
import type { Backend } from "./backend";
import { createDecodeLoop } from "./decodeLoop";
import type { DecodeLoopRequest } from "./decodeLoop";
import { createTraceHeader } from "./runHeader";
import { toStepRecord } from "./stepRecord";

/** Decodes to the end. Throws InputError for a recipe that this model cannot run. */
export async function recordTrace(backend: Backend, summary: ModelSummary, request: DecodeLoopRequest): Promise<Trace> {
  const { tokenizer, promptTokens, recipe } = request;
  const loop = await createDecodeLoop(backend, request);
  try {
    const header = createTraceHeader({
      model: summary,
      backend: backend.summary,
      memory: loop.memory,
      recipe,
      tokenizer,
      promptTokens,
    });
    const builder = createTraceBuilder(header);
    for (;;) {
      const step = await loop.next();
      builder.append(toStepRecord(step, tokenizer), step.eviction);
      if (step.end === null) continue;
      builder.finish(step.end);
      return builder.trace;
    }
  } finally {
    loop.dispose();
  }
}
