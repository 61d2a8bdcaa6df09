// Then what? When a run has ended: up to three next steps, chosen from what happened. Pure; RunEnd.tsx carries them out.
import type { RunVerdict } from "../../panels/header/verdict";
import { maxDifficulty } from "../../problems/dial";
import type { Problem } from "../../problems/problem";
import { checkpointsOf, stageOf } from "../../settings/checkpoints";
import { modelOf } from "../../settings/shippedModels";
import type { Squeeze } from "../../state/squeeze";
import type { Trace } from "../../trace/trace";
import { endWords } from "../../words/en/cause";
import type { Cause, Rescue } from "./cause";
import { unitOf } from "./causeText";

export type NextStep = { readonly label: string } & (
  | { readonly type: "why" }
  /** The same problem under another rule, with another budget, or with another checkpoint of the model. */
  | ({ readonly type: "squeeze" } & Squeeze)
  | { readonly type: "harder" }
);

export interface EndedRun {
  readonly trace: Trace;
  readonly verdict: RunVerdict;
  readonly cause: Cause | null;
  readonly problem: Problem | null;
}

const MOST_STEPS = 3;
/** Budgets are offered in multiples of this. */
const GRAIN = 8;
const LEAST_BUDGET = 16;

export function nextSteps({ trace, verdict, cause, problem }: EndedRun): readonly NextStep[] {
  const { policyId } = trace.header;
  const isWrong = verdict.type === "wrong";
  const steps = [
    cause === null ? null : why,
    ...(isWrong ? afterWrong(trace, cause) : afterRight(trace, policyId)),
    !isWrong && problem !== null && problem.difficulty < maxDifficulty ? harder : null,
  ];
  return steps.filter((step) => step !== null).slice(0, MOST_STEPS);
}

const why: NextStep = { type: "why", label: endWords.steps.why };
const harder: NextStep = { type: "harder", label: endWords.steps.harder };
const underGkv: NextStep = { type: "squeeze", policyId: "gkv", label: endWords.steps.policy("G-KV") };
const byDice: NextStep = { type: "squeeze", policyId: "random", label: endWords.steps.dice };
const keepingAll: NextStep = { type: "squeeze", policyId: "fullCache", label: endWords.steps.keepAll };

function afterWrong(trace: Trace, cause: Cause | null): readonly (NextStep | null)[] {
  const { policyId } = trace.header;
  if (policyId === "fullCache") return [];
  const more = moreMemory(trace, cause);
  return policyId === "gkv" ? [more, distilled(trace), keepingAll] : [underGkv, more];
}

/** The model as it was taught to live with G-KV's small cache; null where it is that one, or was taught nothing. */
function distilled({ header }: Trace): NextStep | null {
  const model = modelOf(header.model.id);
  const taught = checkpointsOf(model).find((one) => stageOf(one) === "distilled");
  if (stageOf(model) !== "base" || taught === undefined) return null;
  return { type: "squeeze", modelId: taught.id, label: endWords.steps.distilled };
}

function afterRight(trace: Trace, policyId: string): readonly (NextStep | null)[] {
  if (policyId === "fullCache") return [underGkv];
  return [lessMemory(trace), policyId === "gkv" ? byDice : underGkv];
}

/** Two thirds of the budget; null where little is left. */
function lessMemory(trace: Trace): NextStep | null {
  const budgetSlots = GRAIN * Math.round((budgetOf(trace) * 2) / 3 / GRAIN);
  if (trace.events.length === 0 || budgetSlots < LEAST_BUDGET) return null;
  return { type: "squeeze", budgetSlots, label: endWords.steps.lessMemory(budgetSlots, unitOf(trace)) };
}

/** Half as much again, or what would have kept the fact at its event if that is more. */
function moreMemory(trace: Trace, cause: Cause | null): NextStep | null {
  if (trace.events.length === 0) return null;
  const rescued = cause?.type === "evicted" && cause.rescue !== null ? neededBudget(trace, cause.rescue) : 0;
  const budgetSlots = GRAIN * Math.ceil(Math.max(rescued, budgetOf(trace) * 1.5) / GRAIN);
  return { type: "squeeze", budgetSlots, label: endWords.steps.moreMemory(budgetSlots, unitOf(trace)) };
}

/** A head that has more or fewer slots than the mean gets as much more of any budget. */
function neededBudget(trace: Trace, { budgetSlots, budgetInForce }: Rescue): number {
  return budgetInForce === budgetOf(trace) ? budgetSlots : Math.ceil((budgetSlots * budgetOf(trace)) / budgetInForce);
}

function budgetOf({ header }: Trace): number {
  const { budgetSlots } = header.parameters;
  return typeof budgetSlots === "number" ? budgetSlots : 0;
}
