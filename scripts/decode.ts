// npm run decode -- --problem P --policy gkv --budget 96: the product's engine headless, for scripts and tests.

import type { RunRecipe } from "../src/engine/protocol";
import { bareSpans } from "../src/lib/spans";
import { instructionSpans } from "../src/problems/orders";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { errorMessage, InputError } from "../src/lib/errors";
import { encodeRunFile } from "../src/trace/file/runFile";
import { openModel } from "../lab/openModel";
import { recordTrace } from "../lab/recordTrace";
import type { EvictionEvent, StepRecord, Trace } from "../src/trace/trace";
import type { Task } from "./decode/findProblem";
import { findProblem } from "./decode/findProblem";
import type { DecodeOptions } from "./decode/options";
import { parseOptions, usage } from "./decode/options";
import { newTokens, searchBits } from "./decode/searchBits";
import type { FinishedRun } from "./decode/summary";
import { eventLine, summarise, summaryLines } from "./decode/summary";

/** Exit codes: 0 = the run ended, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === null) console.log(usage);
    else if (options.bitsTarget !== null) await searchBits(options, await findTask(options), options.bitsTarget);
    else await decode(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run decode -- --help lists the options.");
    return 2;
  }
}

async function decode(options: DecodeOptions): Promise<void> {
  const { output, traceFile } = options;
  const task = await findTask(options);
  const run = await runTask(options, task, (record, eviction) => {
    if (output === "text") process.stdout.write(record.text);
    if (output !== "json" && options.showsEvents && eviction !== null) {
      process.stdout.write(`\n${eventLine(eviction)}\n`);
    }
  });
  const { trace } = run;
  if (traceFile !== null) await writeTrace(traceFile, trace);
  const summary = summarise(run, task.id);
  if (output === "json") {
    const { model, backend, policyId, parameters, sampling } = trace.header;
    console.log(JSON.stringify({ model, backend, policyId, parameters, sampling, ...summary }));
    return;
  }
  if (output === "text") console.log(`${run.unfinishedText}\n`);
  for (const line of summaryLines(trace, summary)) console.log(line);
  if (traceFile !== null) console.log(`run file  ${traceFile}`);
}

async function runTask(
  options: DecodeOptions,
  task: Task,
  onStep: (record: StepRecord, eviction: EvictionEvent | null) => void,
): Promise<FinishedRun> {
  const { loaded, backend, summary } = await openModel(options.modelFolder, options.backend);
  const { config, tokenizer } = loaded;
  const promptTokens = tokenizer.encode(task.prompt);
  const recipe = {
    promptText: task.prompt,
    expectedAnswer: task.answer,
    policyId: options.policy.id,
    parameters: options.parameters,
    ...spansOf(options, task),
    sampling: options.sampling,
    maxNewTokens: options.maxNewTokens ?? newTokens(config.maxPositions - promptTokens.length),
    hasTaps: options.traceFile !== null,
    isCompared: options.isCompared,
  };
  try {
    const request = { model: loaded, tokenizer, promptTokens, recipe };
    const trace = await recordTrace(backend, summary, request, onStep);
    const tokens = trace.steps.map(({ token }) => token);
    const texts = tokenizer.textStream();
    for (const token of tokens) texts.next(token);
    const { before, behind } = tokenizer.frame;
    return {
      trace,
      text: tokenizer.decode(tokens),
      unfinishedText: texts.rest(),
      addedTokens: { before: before.map(tokenizer.tokenText), behind: behind.map(tokenizer.tokenText) },
    };
  } finally {
    backend.dispose();
  }
}

function spansOf({ kept, instructions }: DecodeOptions, task: Task): Pick<RunRecipe, "spans"> {
  const spans = { kept, instructions: instructions ?? bareSpans(instructionSpans(task.prompt)) };
  return kept.length + spans.instructions.length === 0 ? {} : { spans };
}

async function findTask({ prompt, problem }: DecodeOptions): Promise<Task> {
  return prompt === null ? findProblem(problem ?? "1") : { id: "prompt", prompt, answer: null };
}

async function writeTrace(file: string, trace: Trace): Promise<void> {
  const bytes = await encodeRunFile(trace);
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new InputError(`the run file cannot be written: ${errorMessage(error)}`);
  }
}
