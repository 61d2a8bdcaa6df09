// npm run decode -- --problem P --policy gkv --budget 96: the product's engine headless, for scripts and tests.

import { writeFile } from "node:fs/promises";
import process from "node:process";
import { errorMessage, InputError } from "../src/lib/errors";
import { encodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";
import type { Task } from "./decode/findProblem";
import { findProblem } from "./decode/findProblem";
import type { DecodeOptions } from "./decode/options";
import { parseOptions, usage } from "./decode/options";
import { runTask } from "./decode/runTask";
import { eventLine, summarise, summaryLines } from "./decode/summary";

/** Exit codes: 0 = the run ended, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === null) console.log(usage);
    else await decode(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run decode -- --help says what there is.");
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
