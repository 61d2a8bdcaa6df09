// Runs the grid of a table; or runs a sample of a stored table again, where every letter must come out as stored.

import type { EvalProblem } from "../eval/problemSet";
import { budgetSlots } from "../eval/budget";
import type { GridCell } from "./grid";
import { gridCells } from "./grid";
import type { ProblemResult } from "../../src/experiment/results";
import { mean, outcomeLetters, summariseResults } from "../../src/experiment/results";
import type { ResultTable, TableCell } from "../../src/experiment/resultTable";
import { InputError } from "../../src/lib/errors";
import { parameterRow } from "../../src/policy/parameters";
import { effectiveParameters, overruledWords, policyById } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import type { ProblemFamily } from "../../src/problems/problem";
import { drawFamily, fullLengths, parseFamily, openMeasuringModel } from "../eval/problemSet";
import type { Evaluation, EvaluationContext } from "../eval/evaluate";
import { evaluate } from "../eval/evaluate";
import type { TableRun, TableCheck } from "./options";
import { randomStream } from "../../src/lib/random";
import { openResultFile } from "../eval/resultFile";

interface FamilySet {
  readonly family: ProblemFamily;
  readonly problems: readonly EvalProblem[];
  readonly lengths: readonly number[];
}

/** Runs whatever the results file does not hold yet, and sums everything up. */
export async function runGrid(options: TableRun, context: EvaluationContext): Promise<ResultTable> {
  const { difficulty, seed, problemCount, name, command, date, backend } = options;
  const { families } = options.part;
  const sets = new Map(
    families.map((family): [ProblemFamily, FamilySet] => {
      const problems = drawFamily({
        family,
        difficulty: [difficulty, difficulty],
        knobs: null,
        seed,
        count: problemCount,
      });
      return [family, { family, problems, lengths: fullLengths(problems, context.model) }];
    }),
  );
  const setOf = (family: ProblemFamily): FamilySet => {
    const set = sets.get(family);
    if (set === undefined) throw new InputError(`there are no problems of family ${family}`);
    return set;
  };
  const cells = gridCells(options.part);
  const evaluations = cells.map((cell): Evaluation => {
    const { problems, lengths } = setOf(cell.family);
    const policy = policyById(cell.column.policyId);
    return { problems, policy, parameters: cellParameters(cell, { policy, lengths, seed }), maxNewTokens: null };
  });
  const results = await evaluate(evaluations, context);
  const { id, digest, parameterCount } = context.model.summary;
  return {
    version: 1,
    name,
    command,
    date,
    model: { id, digest, parameterCount },
    backend,
    seed,
    problemCount,
    families: families.map((family) => ({ family, difficulty, meanFullLength: mean(setOf(family).lengths) ?? 0 })),
    cells: cells.map((cell, index) => tableCell(cell, evaluations[index].parameters, results[index])),
  };
}

interface CellFacts {
  readonly policy: Policy;
  readonly lengths: readonly number[];
  readonly seed: number;
}

/** Throws InputError if a budget is too small for its window: a cell must use exactly the numbers it states. */
function cellParameters(cell: GridCell, { policy, lengths, seed }: CellFacts): PolicyParameters {
  const { budgetShare, setting, column } = cell;
  const budget =
    budgetShare === null ? {} : { budgetSlots: budgetSlots({ type: "ratio", ratio: budgetShare }, lengths) };
  const choices: Partial<PolicyParameters> = { ...budget, ...setting, ...column.choices, seed };
  const parameters = effectiveParameters(policy, choices);
  for (const name of policy.uses) {
    const chosen = choices[name];
    const words = chosen === undefined ? null : overruledWords(name, chosen, parameters);
    if (words === null) continue;
    throw new InputError(
      `${cell.family}, ${column.label}: ${parameterRow(name).label} ${String(chosen)} ${words}; ` +
        "draw longer problems or take a smaller window",
    );
  }
  return parameters;
}

function tableCell(cell: GridCell, parameters: PolicyParameters, results: readonly ProblemResult[]): TableCell {
  const { family, column, budgetShare, setting } = cell;
  return {
    family,
    columnId: column.id,
    label: column.label,
    policyId: column.policyId,
    budgetShare,
    budgetSlots: budgetShare === null ? null : parameters.budgetSlots,
    windowSlots: setting?.windowSlots ?? null,
    intervalSteps: setting?.intervalSteps ?? null,
    parameters: { ...parameters },
    ...summariseResults(results),
    outcomes: outcomeLetters(results),
  };
}

export interface CheckedRun {
  readonly problem: string;
  readonly cell: TableCell;
  /** Letters of `outcomes`. */
  readonly stored: string;
  readonly found: string;
}

/** Throws InputError if this is not the table's model. */
export async function checkTable(table: ResultTable, check: TableCheck): Promise<CheckedRun[]> {
  const model = await openMeasuringModel(check.modelFolder);
  if (model.summary.digest !== table.model.digest) {
    throw new InputError(
      `the table was made with a model of digest ${table.model.digest.slice(0, 16)}, ${check.modelFolder} has ` +
        `${model.summary.digest.slice(0, 16)}; name the other model or make the table again`,
    );
  }
  const stream = randomStream(check.seed);
  const drawn = Array.from({ length: check.sampleCount }, () => {
    const cell = stream.pick(table.cells);
    return { cell, place: stream.integer(0, cell.count - 1) };
  });
  const evaluations = drawn.map(({ cell, place }): Evaluation => {
    const policy = policyById(cell.policyId);
    const problems = problemsOf(table, cell.family).slice(place, place + 1);
    return { problems, policy, parameters: effectiveParameters(policy, cell.parameters), maxNewTokens: null };
  });
  const results = await evaluate(evaluations, {
    model,
    backend: table.backend,
    jobs: check.jobs,
    resultFile: await openResultFile(null),
  });
  return drawn.map(({ cell, place }, index) => ({
    problem: evaluations[index].problems[0].id,
    cell,
    stored: cell.outcomes[place],
    found: outcomeLetters(results[index]),
  }));
}

function problemsOf({ seed, families, problemCount }: ResultTable, family: string) {
  const difficulty = families.find((other) => other.family === family)?.difficulty ?? 0;
  return drawFamily({
    family: parseFamily(family),
    difficulty: [difficulty, difficulty],
    knobs: null,
    seed,
    count: problemCount,
  });
}
