// Records the runs that ship with the page, on the CPU backend: node scripts/run.mjs scripts/record.ts
// Writes public/runs/*.winnow and public/runs/index.json. The first one plays on load. The index says whether each run
// answered right or wrong, as judged after recording it.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { openModel } from "../lab/openModel";
import { recordRecipe } from "../lab/recordTrace";
import { InputError } from "../src/lib/errors";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policyById } from "../src/policy/policies";
import type { Problem } from "../src/problems/problem";
import { tokenLimit, tokensOf } from "../src/problems/problem";
import { judgeAnswer } from "../src/problems/judge";
import { problemById } from "../src/problems/families";
import { shippedModels } from "../src/settings/shippedModels";
import { generatedText } from "../src/trace/figures";
import { encodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";
import { recordRealRuns } from "./realRecordings";
import { shippedFolder } from "./shippedFolder";

const RUNS_FOLDER = "public/runs";
/** A recording should arrive before a visitor has looked around. */
const LARGEST_FILE_BYTES = 600_000;

interface Recording {
  readonly id: string;
  readonly problemId: string;
  readonly policyId: string;
  readonly budgetSlots: number;
}

/** The first has the page's default problem and cache. */
const recordings: readonly Recording[] = [
  { id: "walk-gkv", problemId: "walk-5x20-1", policyId: "gkv", budgetSlots: 96 },
  { id: "walk-snapkv", problemId: "walk-5x20-1", policyId: "snapKv", budgetSlots: 96 },
  { id: "diary-gkv", problemId: "diary-5x14-5", policyId: "gkv", budgetSlots: 120 },
  { id: "diary-prompt-recent", problemId: "diary-5x14-5", policyId: "promptRecent", budgetSlots: 120 },
  { id: "story-gkv", problemId: "story-7x2-2", policyId: "gkv", budgetSlots: 100 },
  { id: "story-snapkv", problemId: "story-7x2-2", policyId: "snapKv", budgetSlots: 100 },
];
/** Runs of one problem that can be shown side by side, as lanes. */
const comparisons: readonly (readonly [string, string])[] = [
  ["walk-gkv", "walk-snapkv"],
  ["diary-gkv", "diary-prompt-recent"],
  ["story-gkv", "story-snapkv"],
];
const cacheChoices = { windowSlots: 16, intervalSteps: 16 };

export async function main(): Promise<number> {
  const model = await openModel(shippedFolder, "cpu", shippedModels[0]);
  await mkdir(RUNS_FOLDER, { recursive: true });

  const index: IndexEntry[] = [];
  for (const { id, problemId, policyId, budgetSlots } of recordings) {
    const problem = problemById(problemId);
    if (problem === null) throw new InputError(`${problemId} names no problem`);
    const recorded = await recordRecipe(model, {
      promptText: problem.prompt,
      expectedAnswer: problem.answer,
      policyId,
      parameters: effectiveParameters(policyById(policyId), { ...cacheChoices, budgetSlots }),
      sampling: greedySampling,
      maxNewTokens: tokenLimit(tokensOf(problem.trace).length),
      hasTaps: true,
      isCompared: true,
    });
    const trace = withShortRegrets(recorded);
    const bytes = await encodeRunFile(trace);
    if (bytes.length > LARGEST_FILE_BYTES) {
      throw new InputError(`${id} takes ${bytes.length} bytes, more than ${LARGEST_FILE_BYTES}`);
    }
    const file = `${id}.winnow`;
    await writeFile(path.join(RUNS_FOLDER, file), bytes);
    const entry = indexEntry({ id, problem, trace, file, bytes: bytes.length });
    index.push(entry);
    console.log(`${file}: ${bytes.length} bytes, ${trace.steps.length} tokens, ${entry.title}`);
  }
  const entries = [
    ...index,
    ...comparisons.map((ids) => comparisonEntry(index, ids)),
    ...(await recordRealRuns(RUNS_FOLDER)),
  ];
  await writeFile(path.join(RUNS_FOLDER, "index.json"), `${JSON.stringify(entries, null, 2)}\n`);
  return 0;
}

/**
 * Regrets cut to 8 significant bits, 0.8 % at most: they only shade a background, and in full they are a third of the file
 * that a first visit waits for.
 */
function withShortRegrets(trace: Trace): Trace {
  const steps = trace.steps.map((step) => {
    if (step.comparison === undefined) return step;
    const regret = Float32Array.from(step.comparison.regret);
    const bits = new Uint32Array(regret.buffer);
    for (let place = 0; place < bits.length; place++) bits[place] &= 0xffff_0000;
    return { ...step, comparison: { ...step.comparison, regret } };
  });
  return { ...trace, steps };
}

type IndexEntry = ReturnType<typeof indexEntry>;

function comparisonEntry(index: readonly IndexEntry[], ids: readonly string[]) {
  const runs = ids.map((id) => {
    const run = index.find((entry) => entry.id === id);
    if (run === undefined) throw new InputError(`${id} was not recorded`);
    return run;
  });
  const [{ problem, budgetSlots }] = runs;
  const lanes = runs.map(({ policyLabel, verdict }) => `${policyLabel} (${verdict})`).join(" and ");
  return {
    id: ids.join("-beside-"),
    title: `${familyName(problem.family)}: ${lanes}, ${budgetSlots} tokens kept`,
    files: runs.map(({ file }) => file),
    problem,
  };
}

function indexEntry(run: { id: string; problem: Problem; trace: Trace; file: string; bytes: number }) {
  const { id, problem } = run;
  const { header, steps } = run.trace;
  const verdict = judgeAnswer(generatedText(run.trace, steps.length - 1), problem.answer);
  const { budgetSlots } = header.parameters;
  return {
    id,
    title: `${familyName(problem.family)}: ${header.policyLabel}, ${budgetSlots} of ${header.promptTokens.length + steps.length} tokens kept: ${verdictText(verdict)}`,
    file: run.file,
    bytes: run.bytes,
    policy: header.policyId,
    policyLabel: header.policyLabel,
    budgetSlots,
    verdict,
    problem: problemEntry(problem),
  };
}

function familyName(family: string): string {
  return family[0].toUpperCase() + family.slice(1);
}

function problemEntry({ id, family, knobs, answer }: Problem) {
  return { id, family, knobs, answer };
}

function verdictText(verdict: ReturnType<typeof judgeAnswer>): string {
  return verdict === "unfinished" ? "no answer" : `answered ${verdict}`;
}
