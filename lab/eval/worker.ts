// A process of its own that decodes one problem after the other: node scripts/run.mjs lab/eval/worker.ts, forked.

import path from "node:path";
import process from "node:process";
import type { Backend } from "../../src/engine/backend";
import { modelSummary } from "../../src/engine/traceRecords";
import type { RunReport } from "./judgeRun";
import type { RunRecipe } from "../../src/engine/protocol";
import { recordTrace } from "../recordTrace";
import { assert, errorMessage } from "../../src/lib/errors";
import type { LoadedModel } from "../../src/model/loadModel";
import { loadModel } from "../../src/model/loadModel";
import { memoryFigures, speedFigures } from "../../src/trace/figures";
import { tokensDigest } from "../../src/trace/proof/digest";
import type { ModelSummary } from "../../src/trace/trace";
import { openBackend } from "../../scripts/decode/openBackend";
import { directorySource } from "../../scripts/directorySource";
import type { WorkerCommand, WorkerEvent, WorkerSetup } from "./messages";

interface OpenModel {
  readonly loaded: LoadedModel;
  readonly backend: Backend;
  readonly summary: ModelSummary;
}

/** Serves until its parent lets go of the channel. */
export async function main(): Promise<number> {
  let opened: OpenModel | null = null;
  const send = (event: WorkerEvent): void => {
    process.send?.(event);
  };
  const serve = async (command: WorkerCommand): Promise<void> => {
    try {
      if (command.type === "open") {
        opened = await openModel(command);
        send({ type: "ready" });
        return;
      }
      assert(opened !== null, "the model is opened before a run");
      send({ type: "done", report: await runRecipe(opened, command.recipe) });
    } catch (error) {
      send({ type: "failed", message: errorMessage(error) });
    }
  };
  process.on("message", (command: WorkerCommand) => void serve(command));
  await new Promise((resolve) => process.once("disconnect", resolve));
  return 0;
}

async function openModel({ modelFolder, backend }: WorkerSetup): Promise<OpenModel> {
  const loaded = await loadModel(directorySource(modelFolder));
  const name = path.basename(modelFolder);
  return {
    loaded,
    backend: await openBackend(backend, { config: loaded.config, weights: loaded.weights }),
    summary: modelSummary({ id: name, label: name }, loaded),
  };
}

async function runRecipe({ loaded, backend, summary }: OpenModel, recipe: RunRecipe): Promise<RunReport> {
  const { config, weights, tokenizer } = loaded;
  const trace = await recordTrace(backend, summary, {
    model: { config, weights },
    tokenizer,
    promptTokens: tokenizer.encode(recipe.promptText),
    recipe,
  });
  const lastStep = trace.steps.length - 1;
  const { peakSlots, retainedRatio } = memoryFigures(trace, lastStep);
  const speed = speedFigures(trace, lastStep);
  const tokens = trace.steps.map(({ token }) => token);
  return {
    text: tokenizer.decode(tokens),
    promptTokens: trace.header.promptTokens.length,
    tokens: tokens.length,
    tokensDigest: tokensDigest(tokens),
    retained: retainedRatio,
    peakSlots,
    decodeMs: lastStep === 0 ? 0 : (1000 * lastStep) / (speed.overallTokensPerSecond ?? Infinity),
  };
}
