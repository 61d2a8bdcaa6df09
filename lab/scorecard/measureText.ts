// One problem under several methods, in one process: each runs by itself and is timed beside the full cache on the same problem;
// then up to four at a time are fed the full cache's tokens.

import process from "node:process";
import type { RunRecipe } from "../../src/engine/protocol";
import { givenAnswer } from "../../src/problems/judge";
import { outcomeLetters } from "../../src/experiment/results";
import { bytesInUseAfterSteps } from "../../src/trace/figures";
import type { Trace } from "../../src/trace/trace";
import { judgeRun, type RunReport } from "../eval/judgeRun";
import type { EvalProblem } from "../eval/problemSet";
import { reportOf } from "../eval/worker";
import type { OpenedModel } from "../openModel";
import { recordLanes, recordRecipe } from "../recordTrace";
import type { CardRun, RunLog } from "./runLog";

export interface CardTask {
  readonly key: string;
  readonly recipe: RunRecipe;
}

export interface ProblemVisit {
  readonly problem: EvalProblem;
  readonly full: CardTask;
  readonly tasks: readonly CardTask[];
}

const LANES = 4;

/** Does what the log does not have yet. Throws InputError for a method that this model cannot run. */
export async function visitProblem(opened: OpenedModel, visit: ProblemVisit, log: RunLog): Promise<void> {
  const { problem, full, tasks } = visit;
  const untimed = [full, ...tasks].filter(({ key }) => !log.runs.has(key));
  if (untimed.length > 0) {
    const original = await timedRun(opened, full.recipe);
    for (const task of untimed) {
      const own = task === full ? original : await timedRun(opened, task.recipe);
      log.add(task.key, { run: besideFull(problem, own, original) });
    }
  }
  const unfed = tasks.filter(({ key }) => !log.forced.has(key));
  for (let first = 0; first < unfed.length; first += LANES) {
    const group = unfed.slice(first, first + LANES);
    const { loaded, backend, summary } = opened;
    const request = { lanes: group.map(({ recipe }) => recipe), isForced: true };
    const traces = await recordLanes(backend, summary, { model: loaded, tokenizer: loaded.tokenizer, request });
    group.forEach(({ key }, at) => log.add(key, { forced: agreementOf(traces[at]) }));
  }
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
  const [given, original] = [own, full].map(({ text }) => givenAnswer(text));
  return given !== null && original !== null && Number(given) === Number(original) ? "a" : "o";
}

function agreementOf(trace: Trace): { readonly agreed: number[]; readonly positions: number[] } {
  const agreed = trace.steps.filter(({ comparison }) => comparison?.isTopAgreed === true).length;
  return { agreed: [agreed], positions: [trace.steps.length] };
}
