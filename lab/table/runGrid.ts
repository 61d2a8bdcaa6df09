// Runs the grid of a table; or runs a sample of a stored table again, where every letter must come out as stored.

import type { EvalProblem } from "../eval/problemSet";
import { budgetSlots } from "../eval/budget";
import { budgetBytes } from "./bytesGrid";
import type { GridCell } from "./grid";
import { gridCells, gridProblemCount } from "./grid";
import type { ProblemResult } from "../../src/experiment/results";
import { mean, outcomeLetters, summariseResults } from "../../src/experiment/results";
import type { ResultTable, TableCell } from "../../src/experiment/resultTable";
import { parametersOnModel } from "../../src/engine/storage/byteBudget";
import { objectionToBytes } from "../../src/engine/storage/byteObjection";
import { InputError } from "../../src/lib/errors";
import { objectionToCombination } from "../../src/policy/combination";
import { parameterRow } from "../../src/policy/parameters";
import { effectiveParameters, overruledWords, policyById } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import type { ProblemFamily } from "../../src/problems/problem";
import { drawFamily, fullLengths, parseFamily, openMeasuringModel, type MeasuringModel } from "../eval/problemSet";
import type { Evaluation, EvaluationContext } from "../eval/evaluate";
import { evaluate, isFinished } from "../eval/evaluate";
import type { TableRun, TableCheck } from "./options";
import { randomStream } from "../../src/lib/random";
import { changedParameters, openResultFile, resultKey } from "../eval/resultFile";

interface FamilySet {
  readonly family: ProblemFamily;
  readonly problems: readonly EvalProblem[];
  readonly lengths: readonly number[];
}

/** Runs what neither the stored table nor the results file holds, unless it is to be left out, and sums everything up. */
export async function runGrid(
  options: TableRun,
  context: EvaluationContext,
  storedTable: ResultTable | null,
): Promise<ResultTable> {
  const { difficulty, seed, problemCount, name, command, date, backend } = options;
  const { families, unit } = options.part;
  const sets = new Map(
    families.map((family): [ProblemFamily, FamilySet] => {
      const problems = drawFamily({
        family,
        difficulty: [difficulty, difficulty],
        knobs: null,
        seed,
        // At equal bytes a budget is a share of the same mean as in the first grid, whatever part of its problems is run.
        count: unit === "slots" ? problemCount : Math.max(problemCount, gridProblemCount),
      });
      const lengths = fullLengths(problems, context.model);
      return [family, { family, problems: problems.slice(0, problemCount), lengths }];
    }),
  );
  const setOf = (family: ProblemFamily): FamilySet => {
    const set = sets.get(family);
    if (set === undefined) throw new InputError(`there are no problems of family ${family}`);
    return set;
  };
  const { id, digest, parameterCount } = context.model.summary;
  const shape = context.model.summary;
  const cannot: CannotCell[] = [];
  const reusable = storedTable !== null && isSameExperiment(storedTable, options, digest) ? storedTable.cells : [];
  const asked = gridCells(options.part).flatMap((cell): PlannedCell[] => {
    const { problems, lengths } = setOf(cell.family);
    const policy = policyById(cell.column.policyId);
    const facts = { policy, lengths, seed };
    const parameters = unit === "slots" ? cellParameters(cell, facts) : bytesParameters(cell, { ...facts, shape });
    if (typeof parameters === "string") {
      cannot.push({ ...cannotPlace(cell), reason: parameters });
      return [];
    }
    const stored = storedCell(reusable, cell, parameters);
    return [{ cell, stored, evaluation: { problems, policy, parameters, maxNewTokens: null } }];
  });
  const isThere = ({ stored, evaluation }: PlannedCell): boolean => stored !== null || isFinished(evaluation, context);
  const planned = options.isFinishedOnly ? inAllFamilies(asked, isThere) : asked;
  const missing = planned.filter(({ stored }) => stored === null).map(({ evaluation }) => evaluation);
  const results = await evaluate(missing, context);
  const resultsOf = new Map(missing.map((evaluation, index) => [evaluation, results[index]]));
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
    ...(planned.length < asked.length && { missing: missingColumns(asked, planned) }),
    ...(unit === "bytes" && { unit, cannot }),
    cells: planned.map(({ cell, evaluation, stored }) =>
      stored === null
        ? tableCell(cell, evaluation.parameters, resultsOf.get(evaluation) ?? [])
        : { ...stored, ...cellPlace(cell, evaluation.parameters) },
    ),
  };
}

interface PlannedCell {
  readonly cell: GridCell;
  readonly evaluation: Evaluation;
  /** With the same figures as a run of it has; null if it has to be run. */
  readonly stored: TableCell | null;
}

/** The cells that are there, if those of the other families are too: families are compared and averaged. */
function inAllFamilies(asked: readonly PlannedCell[], isThere: (cell: PlannedCell) => boolean): PlannedCell[] {
  const placeOf = ({ cell: { column, budgetShare, setting } }: PlannedCell): string =>
    JSON.stringify([column.id, budgetShare, setting]);
  const lacking = new Set(asked.filter((cell) => !isThere(cell)).map(placeOf));
  return asked.filter((cell) => !lacking.has(placeOf(cell)));
}

function missingColumns(asked: readonly PlannedCell[], planned: readonly PlannedCell[]): ResultTable["missing"] {
  const shares = new Map<string, Set<number>>();
  for (const { cell } of asked.filter((each) => !planned.includes(each))) {
    const { label } = cell.column;
    shares.set(label, (shares.get(label) ?? new Set()).add(cell.budgetShare ?? 1));
  }
  return [...shares].map(([label, budgetShares]) => ({ label, budgetShares: [...budgetShares] }));
}

function isSameExperiment(table: ResultTable, options: TableRun, digest: string): boolean {
  const { difficulty, seed, problemCount, backend } = options;
  return (
    table.model.digest === digest &&
    table.seed === seed &&
    table.problemCount === problemCount &&
    table.backend === backend &&
    table.families.every((family) => family.difficulty === difficulty)
  );
}

/** A cell that was run with the same parameters; one that the table does not know yet had its base value then. */
export function storedCell(
  cells: readonly TableCell[],
  { family, column }: Pick<GridCell, "family" | "column">,
  parameters: PolicyParameters,
): TableCell | null {
  const wanted = resultKey(changedParameters(parameters));
  const isSame = (cell: TableCell): boolean =>
    cell.family === family &&
    cell.policyId === column.policyId &&
    cell.failures.length === 0 &&
    resultKey(changedParameters(cell.parameters)) === wanted;
  return cells.find(isSame) ?? null;
}

interface CellFacts {
  readonly policy: Policy;
  readonly lengths: readonly number[];
  readonly seed: number;
}

/** Throws InputError if a budget is too small for its window: a cell must use exactly the numbers it states. */
export function cellParameters(cell: GridCell, { policy, lengths, seed }: CellFacts): PolicyParameters {
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

/** The parameters of a cell at so many bytes, or why its method cannot run at them. */
export function bytesParameters(
  { budgetShare, setting, column }: GridCell,
  { policy, lengths, seed, shape }: CellFacts & { readonly shape: MeasuringModel["summary"] },
): PolicyParameters | string {
  const budget: Partial<PolicyParameters> =
    budgetShare === null
      ? {}
      : { budgetMode: "bytes", budgetBytes: budgetBytes(budgetShare, lengths, shape), ...setting };
  const parameters = parametersOnModel(policy, { ...budget, ...column.choices, seed }, shape);
  // What is known of the model's heads is the engine's to check: no method of this grid asks for it.
  const model = { ...shape, roles: null };
  return objectionToCombination(policy, parameters, model) ?? objectionToBytes(policy, parameters, shape) ?? parameters;
}

type CannotCell = NonNullable<ResultTable["cannot"]>[number];

function cannotPlace({ family, column, budgetShare }: GridCell): Omit<CannotCell, "reason"> {
  return { family, columnId: column.id, label: column.label, budgetShare: budgetShare ?? 1 };
}

function tableCell(cell: GridCell, parameters: PolicyParameters, results: readonly ProblemResult[]): TableCell {
  return {
    ...cellPlace(cell, parameters),
    parameters: { ...parameters },
    ...summariseResults(results),
    outcomes: outcomeLetters(results),
  };
}

/** What a cell is called, and where it stands. */
function cellPlace(
  { family, column, budgetShare, setting }: GridCell,
  parameters: PolicyParameters,
): Pick<
  TableCell,
  | "family"
  | "columnId"
  | "label"
  | "policyId"
  | "budgetShare"
  | "budgetSlots"
  | "budgetBytes"
  | "windowSlots"
  | "intervalSteps"
> {
  return {
    family,
    columnId: column.id,
    label: column.label,
    policyId: column.policyId,
    budgetShare,
    budgetSlots: budgetShare === null ? null : parameters.budgetSlots,
    ...(parameters.budgetMode === "bytes" && { budgetBytes: parameters.budgetBytes }),
    windowSlots: setting?.windowSlots ?? null,
    intervalSteps: setting?.intervalSteps ?? null,
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
