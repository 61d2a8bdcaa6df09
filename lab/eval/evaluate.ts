// Configurations × problems to results: known results are looked up, the rest is run in parallel, once each.

import type { EvalProblem, MeasuringModel } from "./problemSet";
import { judgeRun, judgeVersion } from "./judgeRun";
import type { ProblemResult } from "../../src/experiment/results";
import { failedResult } from "../../src/experiment/results";
import { changedParameters, resultKey } from "./resultFile";
import type { RunRecipe } from "../../src/engine/protocol";
import { inSlots } from "../../src/engine/storage/byteBudget";
import { errorMessage, InputError } from "../../src/lib/errors";
import { bareSpans, type PromptSpans } from "../../src/lib/spans";
import { greedySampling } from "../../src/model/sampling";
import { instructionSpans } from "../../src/problems/orders";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import { tokenLimit } from "../../src/problems/problem";
import { createProgress } from "./report";
import type { ResultFile } from "./resultFile";
import type { RunOutcome } from "./workerPool";
import { runInPool } from "./workerPool";
import { hashWords } from "../../src/lib/random";

/** One configuration over a set of problems, greedy. */
export interface Evaluation {
  readonly problems: readonly EvalProblem[];
  readonly policy: Policy;
  /** `seed` is the experiment's; random eviction derives its own for each problem. */
  readonly parameters: PolicyParameters;
  /** Null: what the problem needs (tokenLimit). */
  readonly maxNewTokens: number | null;
  /** What the recipes say of their prompts; absent: nothing. */
  readonly spans?: PromptSpans;
}

export interface EvaluationContext {
  readonly model: MeasuringModel;
  readonly backend: "cpu" | "gpu";
  readonly jobs: number;
  readonly resultFile: ResultFile;
  /** Measure the margins of the secret too (secretMargin.ts). Absent: no. */
  readonly hasMargins?: boolean;
}

export interface Task {
  /** Of everything that decides the result (resultFile.ts). */
  readonly key: string;
  readonly problem: EvalProblem;
  readonly recipe: RunRecipe;
}

/** Results in the order of each evaluation's problems. [evaluation][problem] */
export async function evaluate(
  evaluations: readonly Evaluation[],
  context: EvaluationContext,
): Promise<ProblemResult[][]> {
  const { model, backend, jobs, resultFile, hasMargins } = context;
  const planned = evaluations.map((evaluation) =>
    evaluation.problems.map((problem) => planTask(evaluation, problem, context)),
  );
  const known = new Map(resultFile.results);
  const missing = new Map<string, Task>();
  for (const task of planned.flat()) {
    if ("key" in task && !known.has(task.key)) missing.set(task.key, task);
  }
  const tasks = [...missing.values()];
  const reusedCount = planned.flat().filter((task) => "key" in task && known.has(task.key)).length;
  const progress = createProgress(tasks.length, reusedCount > 0 ? `(${reusedCount} from the results file)` : "");
  const recipes = tasks.map(({ recipe }) => recipe);
  await runInPool(recipes, { jobs, setup: { modelFolder: model.folder, backend, hasMargins } }, (index, outcome) => {
    const { key, problem } = tasks[index];
    const result = judgeOutcome(problem, outcome);
    known.set(key, result);
    resultFile.append(key, result);
    progress.advance();
  });
  progress.finish();

  const lookUp = (task: Task | ProblemResult): ProblemResult => {
    if (!("key" in task)) return task;
    const result = known.get(task.key);
    // The same problem may be in two sets under two names.
    return { ...(result ?? failedResult(task.problem.id, "it was not run")), id: task.problem.id };
  };
  return planned.map((row) => row.map(lookUp));
}

/** Whether every result of an evaluation stands in the results file: `evaluate` would run nothing. */
export function isFinished(evaluation: Evaluation, context: EvaluationContext): boolean {
  return evaluation.problems.every((problem) => {
    const task = planTask(evaluation, problem, context);
    return "key" in task && context.resultFile.results.has(task.key);
  });
}

/** A text that its checker cannot read fails only its own problem. */
function judgeOutcome(problem: EvalProblem, outcome: RunOutcome): ProblemResult {
  if (outcome.type === "failed") return failedResult(problem.id, outcome.message);
  try {
    return judgeRun(problem, outcome.report);
  } catch (error) {
    return failedResult(problem.id, `it cannot be judged: ${errorMessage(error)}`);
  }
}

/** A failed result if this model cannot run the problem. */
export function planTask(
  evaluation: Evaluation,
  problem: EvalProblem,
  context: Pick<EvaluationContext, "model" | "backend" | "hasMargins">,
): Task | ProblemResult {
  const { policy } = evaluation;
  const { model, backend, hasMargins } = context;
  const { prompt, answer } = problem;
  let maxNewTokens: number;
  try {
    maxNewTokens = newTokenLimit(model, problem, evaluation.maxNewTokens);
  } catch (error) {
    return failedResult(problem.id, errorMessage(error));
  }
  const parameters = policy.uses.includes("seed")
    ? { ...evaluation.parameters, seed: evictionSeed(evaluation.parameters.seed, prompt) }
    : evaluation.parameters;
  const instructions = bareSpans(instructionSpans(prompt));
  const spans = evaluation.spans ?? (instructions.length === 0 ? undefined : { kept: [], instructions });
  const chosen = evaluation.spans === undefined ? {} : { spans: evaluation.spans };
  const margins = hasMargins === true ? { margins: 1 } : {};
  const recipe: RunRecipe = {
    promptText: prompt,
    expectedAnswer: answer,
    policyId: policy.id,
    parameters,
    ...(spans !== undefined && { spans }),
    sampling: greedySampling,
    maxNewTokens,
    hasTaps: false,
  };
  const key = resultKey({
    backend,
    policyId: policy.id,
    parameters: changedParameters(inSlots(parameters)),
    maxNewTokens,
    model: model.summary.digest,
    ...chosen,
    ...margins,
    problem: problemDigest(problem),
    judge: judgeVersion,
  });
  return { key, problem, recipe };
}

const problemDigests = new WeakMap<EvalProblem, string>();

/** Digest of the question and of what the answer is judged by, but not of the problem's name. */
function problemDigest(problem: EvalProblem): string {
  const { prompt, answer, trace, family } = problem;
  const digest = problemDigests.get(problem) ?? resultKey({ prompt, answer, trace, family });
  problemDigests.set(problem, digest);
  return digest;
}

function newTokenLimit(model: MeasuringModel, { prompt, trace }: EvalProblem, chosen: number | null): number {
  const promptTokens = model.tokenCount(prompt);
  const traceTokens = model.tokenCount(trace);
  const { maxPositions } = model.summary;
  if (promptTokens + traceTokens > maxPositions) {
    throw new InputError(
      `prompt (${promptTokens} tokens) and reference trace (${traceTokens}) need ` +
        `${promptTokens + traceTokens} positions, the model has ${maxPositions}`,
    );
  }
  const wanted = chosen ?? tokenLimit(traceTokens);
  return Math.min(wanted, maxPositions - promptTokens);
}

/** FNV-1a, 32 bits. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0;
  return hash;
}

/**
 * Seed of random eviction on a problem. Each prompt has its own, so that problems are independent draws, and it does not
 * depend on the order or number of problems.
 */
export function evictionSeed(seed: number, prompt: string): number {
  return hashWords(seed, textHash(prompt));
}
