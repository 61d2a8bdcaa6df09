// The search. For each plan it runs the problems whose outcomes look promising; of the problems that bear out the plan,
// it takes the one whose choices are least close.

import type { ResultTable } from "../../src/experiment/resultTable";
import { InputError } from "../../src/lib/errors";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import { policyById } from "../../src/policy/policies";
import { settingsInForce } from "../../src/settings/inForce";
import { settingsOfLanes } from "../../src/settings/lanes";
import type { Preset, PresetLoss, PresetShare } from "../../src/settings/presets";
import type { EvaluationContext } from "../eval/evaluate";
import { candidatePlaces, isRightLetter, laneOutcomes, tableProblems } from "./laneOutcomes";
import { laneAnswer } from "./checkPreset";
import { findLoss, laneLead } from "./findLoss";
import type { LaneOutcomes, LaneQuestion } from "./laneOutcomes";
import type { PresetPlan } from "./plans";
import { provenLink, replayLink } from "./presetLink";
import type { OpenedModel } from "../openModel";

/** Problems run for a plan, more while none bears it out; and how many must bear it out before the search ends. */
const USUALLY_TRIED = 12;
const MOST_TRIED = 40;
const ENOUGH_FOUND = 3;

export interface SearchContext {
  readonly table: ResultTable;
  readonly evaluation: EvaluationContext;
  readonly player: OpenedModel;
}

/** Throws InputError for a plan that no problem bears out. */
export async function searchPresets(plans: readonly PresetPlan[], context: SearchContext): Promise<Preset[]> {
  const questions = plans.map((plan): LaneQuestion[] => [
    ...settingsOfLanes(plan.choices, { others: plan.others, isForced: false }).map(({ settings }) => ({
      family: plan.family,
      settings,
    })),
    ...(plan.besides ?? []).map(({ family, choices }) => ({ family, settings: settingsInForce(choices).settings })),
  ]);
  const outcomes = await laneOutcomes(questions.flat(), context.table, context.evaluation);
  const presets: Preset[] = [];
  let first = 0;
  for (const [place, plan] of plans.entries()) {
    const own = outcomes.slice(first, first + questions[place].length);
    first += own.length;
    presets.push(await searchOne(plan, own, context));
  }
  return presets;
}

/** `outcomes`: of the plan's lanes, then of the further settings that it counts. */
async function searchOne(
  plan: PresetPlan,
  outcomes: readonly LaneOutcomes[],
  { table, player }: SearchContext,
): Promise<Preset> {
  const problems = tableProblems(table, plan.family);
  const laneCount = plan.answers.length;
  const policyIds = [plan.choices, ...plan.others].map(({ policyId }) => policyId ?? "");
  const places = candidatePlaces({
    letters: outcomes.slice(0, laneCount).map(({ letters }) => letters),
    answers: plan.answers,
    // The table's random evictions have other seeds.
    isDrawn: policyIds.map((policyId) => policyById(policyId).uses.includes("seed")),
    lengths: problems.map(({ prompt, trace }) => tokensOf(`${prompt} ${trace}`).length),
  });
  const found: { preset: Preset; lead: number }[] = [];
  for (const [tried, place] of places.slice(0, MOST_TRIED).entries()) {
    if (tried >= USUALLY_TRIED && found.length > 0) break;
    const run = await tryProblem(plan, problems[place], { outcomes: outcomes.map(shareOfOutcomes), player });
    if (run !== null) found.push(run);
    if (found.length === ENOUGH_FOUND) break;
  }
  if (found.length === 0) {
    throw new InputError(`no problem of ${places.length} candidates bears out ${plan.id}; change the plan`);
  }
  return found.reduce((best, one) => (one.lead > best.lead ? one : best)).preset;
}

interface Trial {
  readonly outcomes: readonly PresetShare[];
  readonly player: OpenedModel;
}

async function tryProblem(plan: PresetPlan, problem: Problem, { outcomes, player }: Trial) {
  const { others, answers, keeper, lossBy } = plan;
  const choices = { ...plan.choices, problem: problem.id };
  const traces = await replayLink(player, { choices, comparison: { others, isForced: false } });
  const ends = traces.map((trace) => laneAnswer(trace, problem.answer));
  const isBorneOut = answers.every(
    (answer, lane) => answer === null || (ends[lane].answer === "right") === (answer === "right"),
  );
  const loss = findLoss(problem, traces, { keeper, cause: lossBy });
  const promptCount = traces[0].header.promptTokens.length;
  if (!isBorneOut || loss === null || !isWhereWanted(plan, loss, promptCount)) return null;
  const lanes = ends.map((end, lane) => ({ ...end, ...outcomes[lane] }));
  const besides = outcomes.slice(lanes.length);
  const [sees, matters] = plan.sentences({ problem, promptCount, lanes, besides, loss });
  const link = provenLink({ choices, others, traces, loss });
  return {
    preset: { id: plan.id, title: plan.title, sees, matters, link, lanes, besides, loss },
    lead: Math.min(...traces.map((trace) => laneLead(problem, trace))),
  };
}

function isWhereWanted({ lossIn }: PresetPlan, { position }: PresetLoss, promptCount: number): boolean {
  return lossIn === undefined || position < promptCount === (lossIn === "prompt");
}

function shareOfOutcomes({ letters, source }: LaneOutcomes): PresetShare {
  const rightCount = Array.from(letters).filter(isRightLetter).length;
  return { rightCount, problemCount: letters.length, source };
}
