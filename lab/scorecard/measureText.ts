// One problem under several methods, in one process: each runs by itself and is timed beside the full cache on the same problem;
// then each is fed the full cache's tokens.

import process from "node:process";
import { evenRows } from "../../src/cache/headRows";
import type { ForwardResult } from "../../src/engine/backend";
import { createDecodeLoop } from "../../src/engine/decodeLoop";
import type { FullCache } from "../../src/engine/loop/fullCache";
import type { ModelConfig } from "../../src/model/config";
import type { RunRecipe } from "../../src/engine/protocol";
import { isSameAnswer } from "../../src/problems/judge";
import { outcomeLetters } from "../../src/experiment/results";
import { bytesInUseAfterSteps } from "../../src/trace/figures";
import { judgeRun, type RunReport } from "../eval/judgeRun";
import type { EvalProblem } from "../eval/problemSet";
import { reportOf } from "../eval/worker";
import type { OpenedModel } from "../openModel";
import { recordRecipe } from "../recordTrace";
import type { CardRun, ForcedRun, RunLog } from "./runLog";

export interface CardTask {
  readonly key: string;
  readonly recipe: RunRecipe;
}

interface ProblemVisit {
  readonly problem: EvalProblem;
  readonly full: CardTask;
  readonly tasks: readonly CardTask[];
  /** Feed the full cache's tokens too. */
  readonly isFed: boolean;
}

/** Positions of a prompt with its text. */
const LONGEST_TEXT = 2048;

/** Does what the log does not have yet. Throws InputError for a method that this model cannot run. */
export async function visitProblem(opened: OpenedModel, visit: ProblemVisit, log: RunLog): Promise<void> {
  const { problem, full, tasks, isFed } = visit;
  const untimed = [full, ...tasks].filter(({ key }) => !log.runs.has(key));
  if (untimed.length > 0) {
    const original = await timedRun(opened, full.recipe);
    for (const task of untimed) {
      const own = task === full ? original : await timedRun(opened, task.recipe);
      log.add(task.key, { run: besideFull(problem, own, original) });
    }
  }
  const unfed = tasks.filter(({ key }) => !log.forced.has(key));
  if (!isFed || unfed.length === 0) return;
  const tokens = (await recordRecipe(opened, full.recipe)).steps.map(({ token }) => token);
  for (const { key, recipe } of unfed) log.add(key, { forced: await fedRun(opened, recipe, tokens) });
}

/** The run fed these tokens: at how many positions each is the most probable one. */
async function fedRun(
  { loaded, backend }: OpenedModel,
  recipe: RunRecipe,
  tokens: readonly number[],
): Promise<ForcedRun> {
  const { tokenizer } = loaded;
  const promptTokens = tokenizer.encode(recipe.promptText);
  const sharedFullCache = { fullCache: writtenText(tokens, loaded.config), forcedTokens: [...tokens] };
  const request = { model: loaded, tokenizer, promptTokens, recipe, sharedFullCache };
  const loop = await createDecodeLoop(backend, request);
  try {
    let agreed = 0;
    for (let step = 0; step < tokens.length; step++) {
      const { comparison } = await loop.next();
      if (comparison?.isTopAgreed === true) agreed++;
    }
    return { agreed: [agreed], positions: [tokens.length] };
  } finally {
    loop.dispose();
  }
}

/** A full cache whose text is there already: sure of each token, and with no attention to tell of, which nothing here asks for. */
function writtenText(tokens: readonly number[], { vocabularySize, layerCount, kvHeadCount }: ModelConfig): FullCache {
  const nowhere = evenRows(new Float32Array(layerCount * kvHeadCount * LONGEST_TEXT), layerCount * kvHeadCount);
  return {
    stepAt(step) {
      const logits = new Float32Array(vocabularySize);
      logits[tokens[step]] = 1;
      const result = Promise.resolve({ token: tokens[step] } as ForwardResult);
      return Promise.resolve({ result, logits: Promise.resolve(logits), attention: () => Promise.resolve(nowhere) });
    },
    makeRoom: () => Promise.resolve(),
    dispose: () => undefined,
  };
}

interface TimedRun {
  readonly report: RunReport;
  readonly cpuMs: number;
  readonly heldBytes: number;
}

/** CPU time of the whole process: what other processes do on this machine does not count. */
async function timedRun(opened: OpenedModel, recipe: RunRecipe): Promise<TimedRun> {
  const before = process.cpuUsage();
  const trace = await recordRecipe(opened, recipe);
  const { user, system } = process.cpuUsage(before);
  const heldBytes = Math.round(Math.max(...bytesInUseAfterSteps(trace)));
  return { report: reportOf(opened, trace), cpuMs: (user + system) / 1000, heldBytes };
}

function besideFull(problem: EvalProblem, own: TimedRun, full: TimedRun): CardRun {
  return {
    outcomes: outcomeLetters([judgeRun(problem, own.report)]),
    likeness: likenessOf(own.report, full.report),
    ...{ cpuMs: own.cpuMs, fullCpuMs: full.cpuMs, heldBytes: own.heldBytes, fullBytes: full.heldBytes },
  };
}

/** t the same text, a the same answer in another, o another answer or none. */
function likenessOf(own: RunReport, full: RunReport): "t" | "a" | "o" {
  if (own.tokensDigest === full.tokensDigest) return "t";
  return isSameAnswer(own.text, full.text) ? "a" : "o";
}
