// Records the runs that ship with the page, on the CPU backend: node scripts/run.mjs scripts/record.ts
// Writes public/runs/*.winnow and public/runs/index.json. The first one plays on load; what the index says of a run
// (answered right or wrong) is what happened in it.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { modelSummary } from "../src/engine/modelSummary";
import { recordTrace } from "../src/engine/recordTrace";
import { InputError } from "../src/lib/errors";
import { loadModel } from "../src/model/loadModel";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policyById } from "../src/policy/policies";
import type { Problem } from "../src/problems/problem";
import { judgeAnswer } from "../src/problems/judge";
import { drawWalk } from "../src/problems/walk";
import { generatedText } from "../src/trace/figures";
import { encodeRunFile } from "../src/trace/runFile";
import type { Trace } from "../src/trace/trace";
import { directorySource } from "./directorySource";

const MODEL_FOLDER = "public/models/pilot";
const RUNS_FOLDER = "public/runs";
/** A run should be there before a visitor has looked around. */
const LARGEST_FILE_BYTES = 400_000;

/** The page's own first choice of problem and cache. */
const problem = drawWalk({ rooms: 5, steps: 20, tour: null }, 1);
const cacheChoices = { budgetSlots: 96, windowSlots: 16, intervalSteps: 16 };
const MAX_NEW_TOKENS = 400;

const recordings = [
  { id: "walk-gkv", policyId: "gkv" },
  { id: "walk-snapkv", policyId: "snapKv" },
] as const;

export async function main(): Promise<number> {
  const loaded = await loadModel(directorySource(MODEL_FOLDER));
  const model = { config: loaded.config, weights: loaded.weights };
  const backend = await createCpuBackend(model);
  const summary = modelSummary({ id: "pilot", label: "Pilot" }, loaded);
  const promptTokens = loaded.tokenizer.encode(problem.prompt);
  await mkdir(RUNS_FOLDER, { recursive: true });

  const index = [];
  for (const { id, policyId } of recordings) {
    const trace = await recordTrace(backend, summary, {
      model,
      tokenizer: loaded.tokenizer,
      promptTokens,
      recipe: {
        promptText: problem.prompt,
        expectedAnswer: problem.answer,
        policyId,
        parameters: effectiveParameters(policyById(policyId), cacheChoices),
        sampling: greedySampling,
        maxNewTokens: MAX_NEW_TOKENS,
        hasTaps: true,
      },
    });
    const bytes = await encodeRunFile(trace);
    if (bytes.length > LARGEST_FILE_BYTES) {
      throw new InputError(`${id} takes ${bytes.length} bytes, more than ${LARGEST_FILE_BYTES}`);
    }
    const file = `${id}.winnow`;
    await writeFile(path.join(RUNS_FOLDER, file), bytes);
    const entry = indexEntry(id, { trace, file, bytes: bytes.length });
    index.push(entry);
    console.log(`${file}: ${bytes.length} bytes, ${trace.steps.length} tokens, ${entry.title}`);
  }
  await writeFile(path.join(RUNS_FOLDER, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  return 0;
}

function indexEntry(id: string, run: { trace: Trace; file: string; bytes: number }) {
  const { header, steps } = run.trace;
  const verdict = judgeAnswer(generatedText(run.trace, steps.length - 1), problem.answer);
  const { budgetSlots } = cacheChoices;
  return {
    id,
    title: `${header.policyLabel}, ${budgetSlots} of ${header.promptTokens.length + steps.length} tokens kept: ${verdictText(verdict)}`,
    file: run.file,
    bytes: run.bytes,
    policy: header.policyId,
    budgetSlots,
    verdict,
    problem: problemEntry(problem),
  };
}

function problemEntry({ id, family, knobs, answer }: Problem) {
  return { id, family, knobs, answer };
}

function verdictText(verdict: ReturnType<typeof judgeAnswer>): string {
  return verdict === "unfinished" ? "no answer" : `answered ${verdict}`;
}
