// A child process that decodes one problem after another (forked as node scripts/run.mjs lab/eval/worker.ts), and the
// messages between it and its parent: JSON over the channel of child_process.fork.

import process from "node:process";
import type { RunReport } from "./judgeRun";
import type { RunRecipe } from "../../src/engine/protocol";
import { recordRecipe } from "../recordTrace";
import { assert, errorMessage } from "../../src/lib/errors";
import { parseOrders } from "../../src/problems/orders";
import { keepRatesAfterStep, meanRate } from "../../src/trace/keepRates";
import type { Trace } from "../../src/trace/trace";
import { memoryFigures, speedFigures } from "../../src/trace/figures";
import { tokensDigest } from "../../src/trace/proof/digest";
import type { OpenedModel } from "../openModel";
import { openModel } from "../openModel";

/** Serves until its parent closes the channel. */
export async function main(): Promise<number> {
  let opened: OpenedModel | null = null;
  const send = (event: WorkerEvent): void => {
    process.send?.(event);
  };
  const serve = async (command: WorkerCommand): Promise<void> => {
    try {
      if (command.type === "open") {
        opened = await openModel(command.modelFolder, command.backend);
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

async function runRecipe(opened: OpenedModel, recipe: RunRecipe): Promise<RunReport> {
  const trace = await recordRecipe(opened, recipe);
  const lastStep = trace.steps.length - 1;
  const { peakSlots, retainedRatio } = memoryFigures(trace, lastStep);
  const speed = speedFigures(trace, lastStep);
  const tokens = trace.steps.map(({ token }) => token);
  return {
    text: opened.loaded.tokenizer.decode(tokens),
    promptTokens: trace.header.promptTokens.length,
    tokens: tokens.length,
    tokensDigest: tokensDigest(tokens),
    retained: retainedRatio,
    peakSlots,
    ...orderFigures(trace),
    decodeMs: lastStep === 0 ? 0 : (1000 * lastStep) / (speed.overallTokensPerSecond ?? Infinity),
  };
}

/** What becomes of the instructions that the recipe names, and how near the answer is to naming a secret. */
function orderFigures(trace: Trace): Pick<RunReport, "keepRates" | "secretMargin"> {
  const instructions = trace.header.spans?.instructions ?? [];
  if (instructions.length === 0) return {};
  const rates = [0, trace.steps.length - 1].map((step) => keepRatesAfterStep(trace, instructions, step).map(meanRate));
  const margin = secretMargin(trace);
  return {
    keepRates: instructions.map((_, at) => ({ afterPrompt: rates[0][at], atEnd: rates[1][at] })),
    ...(margin === null ? {} : { secretMargin: margin }),
  };
}

/** Null unless the run writes "start was" in its answer and both words are among the step's most probable. */
function secretMargin(trace: Trace): number | null {
  const secret = parseOrders(trace.header.promptText)?.find((order) => order.type === "secret");
  const words = trace.steps.map(({ text }) => text.trim());
  const at = words.lastIndexOf("was") + 1;
  if (secret === undefined || at < 2 || at >= words.length || words[at - 2] !== "start") return null;
  const { candidateTexts, candidateLogProbabilities } = trace.steps[at];
  const [number, refusal] = [String(secret.number), "secret"].map((word) =>
    candidateTexts.findIndex((text) => text.trim() === word),
  );
  return number === -1 || refusal === -1
    ? null
    : candidateLogProbabilities[number] - candidateLogProbabilities[refusal];
}

export interface WorkerSetup {
  readonly modelFolder: string;
  readonly backend: "cpu" | "gpu";
}

export type WorkerCommand =
  ({ readonly type: "open" } & WorkerSetup) | { readonly type: "run"; readonly recipe: RunRecipe };

export type WorkerEvent =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly report: RunReport }
  /** This problem cannot be run; the worker goes on. */
  | { readonly type: "failed"; readonly message: string };
