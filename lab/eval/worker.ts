// A child process that decodes one problem after another (forked as node scripts/run.mjs lab/eval/worker.ts), and the
// messages between it and its parent: JSON over the channel of child_process.fork.

import process from "node:process";
import type { RunReport } from "./judgeRun";
import type { RunRecipe } from "../../src/engine/protocol";
import { recordRecipe } from "../recordTrace";
import { assert, errorMessage } from "../../src/lib/errors";
import { keepRatesAfterStep, meanRate } from "../../src/trace/keepRates";
import type { Trace } from "../../src/trace/trace";
import { memoryFigures, speedFigures } from "../../src/trace/figures";
import { tokensDigest } from "../../src/trace/proof/digest";
import type { OpenedModel } from "../openModel";
import { openModel } from "../openModel";
import { createMarginMeter } from "./secretMargin";

/** Serves until its parent closes the channel. */
export async function main(): Promise<number> {
  let opened: OpenedModel | null = null;
  let meter: ReturnType<typeof createMarginMeter> | null = null;
  const send = (event: WorkerEvent): void => {
    process.send?.(event);
  };
  const serve = async (command: WorkerCommand): Promise<void> => {
    try {
      if (command.type === "open") {
        opened = await openModel(command.modelFolder, command.backend);
        meter = command.hasMargins === true ? createMarginMeter(opened) : null;
        send({ type: "ready" });
        return;
      }
      assert(opened !== null, "the model is opened before a run");
      send({ type: "done", report: await runRecipe(opened, command.recipe, meter) });
    } catch (error) {
      send({ type: "failed", message: errorMessage(error) });
    }
  };
  process.on("message", (command: WorkerCommand) => void serve(command));
  await new Promise((resolve) => process.once("disconnect", resolve));
  return 0;
}

async function runRecipe(
  opened: OpenedModel,
  recipe: RunRecipe,
  meter: ReturnType<typeof createMarginMeter> | null,
): Promise<RunReport> {
  const trace = await recordRecipe(opened, recipe);
  return { ...reportOf(opened, trace), ...(meter !== null && { secretMargins: await meter(recipe, trace) }) };
}

/** What a run leaves, before it is judged. */
export function reportOf({ loaded }: Pick<OpenedModel, "loaded">, trace: Trace): RunReport {
  const lastStep = trace.steps.length - 1;
  const { peakSlots, retainedRatio } = memoryFigures(trace, lastStep);
  const speed = speedFigures(trace, lastStep);
  const tokens = trace.steps.map(({ token }) => token);
  return {
    text: loaded.tokenizer.decode(tokens),
    promptTokens: trace.header.promptTokens.length,
    tokens: tokens.length,
    tokensDigest: tokensDigest(tokens),
    retained: retainedRatio,
    peakSlots,
    ...keepRates(trace),
    decodeMs: lastStep === 0 ? 0 : (1000 * lastStep) / (speed.overallTokensPerSecond ?? Infinity),
  };
}

/** What becomes of the instructions that the recipe names. */
function keepRates(trace: Trace): Pick<RunReport, "keepRates"> {
  const instructions = trace.header.spans?.instructions ?? [];
  if (instructions.length === 0) return {};
  const rates = [0, trace.steps.length - 1].map((step) => keepRatesAfterStep(trace, instructions, step).map(meanRate));
  return { keepRates: instructions.map((_, at) => ({ afterPrompt: rates[0][at], atEnd: rates[1][at] })) };
}

export interface WorkerSetup {
  readonly modelFolder: string;
  readonly backend: "cpu" | "gpu";
  /** Measure how near each run is to naming a secret (secretMargin.ts): up to two more runs for each. Absent: no. */
  readonly hasMargins?: boolean;
}

export type WorkerCommand =
  ({ readonly type: "open" } & WorkerSetup) | { readonly type: "run"; readonly recipe: RunRecipe };

export type WorkerEvent =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly report: RunReport }
  /** This problem cannot be run; the worker goes on. */
  | { readonly type: "failed"; readonly message: string };
