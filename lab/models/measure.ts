// One run of a model in a process of its own, so that its peak memory is its own: npm run real-models starts it. Prints one
// JSON object: the run's tokens with their log probabilities, times of the processor, and memory.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { policyById } from "../../src/policy/policies";
import { baseParameters } from "../../src/policy/parameters";
import { openModel } from "../openModel";
import { recordTrace } from "../recordTrace";

export interface MeasuredRun {
  readonly promptTokens: readonly number[];
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly candidateTokens: readonly (readonly number[])[]; // [step][candidate]
  readonly candidateLogProbabilities: readonly (readonly number[])[];
  readonly weightType: string;
  readonly digest: string;
  readonly fileBytes: number;
  /** Of this process, in seconds of processor time: what others do on the machine counts little. */
  readonly loadSeconds: number;
  readonly prefillSeconds: number;
  readonly decodeSeconds: number;
  readonly decodeWallSeconds: number;
  /** Highest resident memory of the process, and before the model was loaded. */
  readonly peakBytes: number;
  readonly startBytes: number;
  readonly heapBytes: number;
}

/** node scripts/run.mjs lab/models/measure.ts -- FILE --prompt TEXT --steps N */
export async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { prompt: { type: "string", default: "" }, steps: { type: "string", default: "64" } },
  });
  const startBytes = process.memoryUsage().rss;
  const start = processorSeconds();
  const { loaded, backend, summary } = await openModel(positionals[0]);
  const afterLoad = processorSeconds();
  const promptTokens = loaded.tokenizer.encode(values.prompt);
  let afterPrefill = 0;
  let wallStart = 0;
  const policy = policyById("fullCache");
  const recipe = {
    promptText: values.prompt,
    expectedAnswer: null,
    policyId: policy.id,
    parameters: { ...baseParameters, ...policy.defaults },
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 0 },
    maxNewTokens: Number(values.steps),
    hasTaps: false,
    isCompared: false,
  };
  // Its end is the number of steps, not what it says.
  const model = { ...loaded, config: { ...loaded.config, stopTokens: [] } };
  const request = { model, tokenizer: loaded.tokenizer, promptTokens, recipe };
  const trace = await recordTrace(backend, summary, request, () => {
    if (afterPrefill > 0) return;
    afterPrefill = processorSeconds();
    wallStart = performance.now();
  });
  const run: MeasuredRun = {
    promptTokens: Array.from(promptTokens),
    tokens: trace.steps.map(({ token }) => token),
    logProbabilities: trace.steps.map(({ logProbability }) => logProbability),
    candidateTokens: trace.steps.map(({ candidateTokens }) => Array.from(candidateTokens)),
    candidateLogProbabilities: trace.steps.map(({ candidateLogProbabilities: each }) => Array.from(each)),
    ...{ weightType: loaded.weightType, digest: loaded.digest, fileBytes: loaded.fileBytes },
    loadSeconds: afterLoad - start,
    prefillSeconds: afterPrefill - afterLoad,
    decodeSeconds: processorSeconds() - afterPrefill,
    decodeWallSeconds: (performance.now() - wallStart) / 1000,
    peakBytes: await peakResidentBytes(),
    startBytes,
    heapBytes: process.memoryUsage().heapUsed,
  };
  console.log(JSON.stringify(run));
  return 0;
}

/** From /proc where there is one: on Linux, maxRSS of a new process begins at the peak of the one that started it. */
async function peakResidentBytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? [];
  return 1024 * (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes));
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
