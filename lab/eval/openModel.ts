// The model as the evaluation itself needs it: what it is called, how long texts are, how long they may be.

import path from "node:path";
import { modelSummary } from "../../src/engine/traceRecords";
import { loadModel } from "../../src/model/loadModel";
import type { ModelSummary } from "../../src/trace/trace";
import { directorySource } from "../../scripts/directorySource";

export interface MeasuringModel {
  readonly folder: string;
  readonly summary: ModelSummary;
  /** Throws InputError for a text that the tokenizer has no tokens for. */
  tokenCount(text: string): number;
}

export async function openModel(folder: string): Promise<MeasuringModel> {
  const loaded = await loadModel(directorySource(folder));
  const name = path.basename(path.resolve(folder));
  // The same problems are measured for every configuration.
  const counts = new Map<string, number>();
  const tokenCount = (text: string): number => {
    const count = counts.get(text) ?? loaded.tokenizer.encode(text).length;
    counts.set(text, count);
    return count;
  };
  return {
    folder,
    summary: modelSummary({ id: name, label: name }, loaded),
    tokenCount,
  };
}
