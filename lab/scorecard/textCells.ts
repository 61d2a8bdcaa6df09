// The part of the score card over written problems: cells planned as npm run table plans them, their runs, and what the engine
// refuses.

import { fullColumn, gridProblemCount, gridSeed, gridSettings, type GridCell } from "../table/grid";
import { bytesParameters, cellParameters } from "../table/runGrid";
import { planTask } from "../eval/evaluate";
import { drawFamily, fullLengths, type EvalProblem, type MeasuringModel } from "../eval/problemSet";
import { changedParameters } from "../eval/resultFile";
import { createProgress } from "../eval/report";
import { mean } from "../../src/experiment/results";
import type { RefusedCell, ScoreCardCell, ScoreCardFile } from "../../src/experiment/scoreCardFile";
import { errorMessage, InputError } from "../../src/lib/errors";
import { maxDifficulty } from "../../src/problems/dial";
import type { ProblemFamily } from "../../src/problems/problem";
import type { PolicyParameters } from "../../src/policy/policy";
import { policyById } from "../../src/policy/policies";
import type { OpenedModel } from "../openModel";
import { recordRecipe } from "../recordTrace";
import { visitProblem, type CardTask } from "./measureText";
import type { CardPart } from "./plan";
import type { RunLog } from "./runLog";

interface TextRequest {
  readonly parts: readonly CardPart[];
  readonly families: readonly ProblemFamily[];
  readonly problemCount: number;
  /** Of them, how many are also fed the full cache's tokens: agreement by tokens needs fewer than right answers do. */
  readonly fedCount: number;
  /** Nothing is run. */
  readonly isFinishedOnly: boolean;
}

interface TextContext {
  readonly model: MeasuringModel;
  readonly opened: OpenedModel;
  readonly log: RunLog;
}

type TextCells = Pick<ScoreCardFile, "families" | "cells" | "refused">;

interface PlannedCell {
  readonly cell: GridCell;
  readonly unit: CardPart["unit"];
  readonly parameters: PolicyParameters;
  readonly tasks: readonly CardTask[]; // [problem]
}

/** Fewer say nothing. */
const LEAST_ITEMS = 4;

/** Part by part. A cell has the first problems that have run; with too few of them it is left out. */
export async function textCells(request: TextRequest, context: TextContext): Promise<TextCells> {
  const sets = request.families.map((family) => familySet(family, context.model));
  const refused: RefusedCell[] = [];
  const planned: PlannedCell[] = [];
  let isWarm = request.isFinishedOnly;
  for (const part of request.parts) {
    const ofPart = sets.map((set) => planFamily(set, part, request.problemCount, context));
    refused.push(...ofPart.flatMap((family) => family.refused));
    for (const { full, cells } of ofPart) {
      planned.push(...(planned.some(({ cell }) => cell === full.cell) ? cells : [full, ...cells]));
    }
    if (request.isFinishedOnly) continue;
    // Problem by problem through the families: whatever has run so far is complete for a smaller count.
    const progress = createProgress(request.problemCount * ofPart.length, part.unit);
    for (let at = 0; at < request.problemCount; at++) {
      for (const { set, full, cells } of ofPart) {
        // The first run of a process also compiles.
        if (!isWarm) await recordRecipe(context.opened, full.tasks[at].recipe);
        isWarm = true;
        const tasks = cells.map((one) => one.tasks[at]);
        const visit = { problem: set.problems[at], full: full.tasks[at], tasks, isFed: at < request.fedCount };
        await visitProblem(context.opened, visit, context.log);
        progress.advance();
      }
    }
    progress.finish();
  }
  return {
    families: sets.map(({ family, lengths }) => ({
      family,
      difficulty: maxDifficulty,
      meanFullLength: mean(lengths) ?? 0,
    })),
    cells: planned.flatMap((one) => finishedCell(one, request, context.log)),
    refused,
  };
}

interface FamilySet {
  readonly family: ProblemFamily;
  readonly problems: readonly EvalProblem[];
  /** Of all problems of the table: a budget is a share of the same mean, however few of them are run. */
  readonly lengths: readonly number[];
  readonly fullCell: GridCell;
}

function familySet(family: ProblemFamily, model: MeasuringModel): FamilySet {
  const difficulty = [maxDifficulty, maxDifficulty] as const;
  const problems = drawFamily({ family, difficulty, knobs: null, seed: gridSeed, count: gridProblemCount });
  const fullCell = { family, column: fullColumn, budgetShare: null, setting: null };
  return { family, problems, lengths: fullLengths(problems, model), fullCell };
}

function planFamily(set: FamilySet, part: CardPart, problemCount: number, { model }: TextContext) {
  const { family, lengths, fullCell } = set;
  const refused: RefusedCell[] = [];
  const plan = (cell: GridCell): PlannedCell | null => {
    const parameters = parametersOf(cell, part.unit, { lengths, model });
    const policy = policyById(cell.column.policyId);
    if (typeof parameters === "string") {
      const { id, label } = cell.column;
      const place = { suite: family, unit: part.unit, columnId: id, label, budgetShare: cell.budgetShare ?? 1 };
      refused.push({ ...place, reason: parameters });
      return null;
    }
    const evaluation = { problems: set.problems, policy, parameters, maxNewTokens: null };
    const tasks = set.problems.slice(0, problemCount).map((problem) => {
      const task = planTask(evaluation, problem, { model, backend: "cpu" });
      if ("key" in task) return { key: task.key, recipe: task.recipe };
      throw new InputError(`${problem.id}: ${task.failure ?? "cannot be run"}`);
    });
    return { cell, unit: part.unit, parameters, tasks };
  };
  const full = plan(fullCell);
  if (full === null) throw new InputError(`the full cache cannot run on ${family}`);
  const cells = part.shares
    .flatMap((budgetShare) => part.columns.map((column) => ({ family, column, budgetShare, setting: gridSettings[0] })))
    .map(plan)
    .filter((one) => one !== null);
  return { set, full, cells, refused };
}

/** Or why the engine refuses them, in its words. */
function parametersOf(
  cell: GridCell,
  unit: CardPart["unit"],
  { lengths, model }: { readonly lengths: readonly number[]; readonly model: MeasuringModel },
): PolicyParameters | string {
  const facts = { policy: policyById(cell.column.policyId), lengths, seed: gridSeed };
  try {
    return unit === "slots" ? cellParameters(cell, facts) : bytesParameters(cell, { ...facts, shape: model.summary });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return errorMessage(error);
  }
}

function finishedCell(
  { cell, unit, parameters, tasks }: PlannedCell,
  { fedCount }: Pick<TextRequest, "fedCount">,
  log: RunLog,
): ScoreCardCell[] {
  const runs = leading(tasks, (key) => log.runs.get(key));
  if (runs.length < Math.min(LEAST_ITEMS, tasks.length)) return [];
  const forced = leading(tasks.slice(0, fedCount), (key) => log.forced.get(key));
  const { column, budgetShare, family } = cell;
  const choices = Object.entries(changedParameters(parameters)).filter(([name]) => name !== "seed");
  return [
    {
      ...{ suite: family, unit, columnId: column.id, label: column.label, policyId: column.policyId, budgetShare },
      budgetSlots: budgetShare === null ? null : parameters.budgetSlots,
      ...(unit === "bytes" && budgetShare !== null && { budgetBytes: parameters.budgetBytes }),
      choices: Object.fromEntries(choices) as ScoreCardCell["choices"],
      outcomes: runs.map(({ outcomes }) => outcomes).join(""),
      likeness: runs.map(({ likeness }) => likeness).join(""),
      ...(forced.length > 0 && {
        agreed: forced.flatMap(({ agreed }) => agreed),
        positions: forced.flatMap(({ positions }) => positions),
      }),
      cpuMs: runs.map(({ cpuMs }) => Math.round(cpuMs)),
      fullCpuMs: runs.map(({ fullCpuMs }) => Math.round(fullCpuMs)),
      heldBytes: runs.map(({ heldBytes }) => heldBytes),
      fullBytes: runs.map(({ fullBytes }) => fullBytes),
    },
  ];
}

/** Of the first tasks, up to the first that has not run. */
function leading<Found>(tasks: readonly CardTask[], find: (key: string) => Found | undefined): readonly Found[] {
  const found = tasks.map(({ key }) => find(key));
  const missing = found.indexOf(undefined);
  return found.slice(0, missing < 0 ? found.length : missing).filter((one) => one !== undefined);
}
