// How every problem of a family ended under a lane's settings (from the stored table if it has them, otherwise run now),
// and which problems bear out a plan by those outcomes.

import { drawFamily } from "../eval/problemSet";
import type { Evaluation, EvaluationContext } from "../eval/evaluate";
import { evaluate } from "../eval/evaluate";
import { inSlots } from "../../src/engine/storage/byteBudget";
import type { ResultTable, TableCell } from "../../src/experiment/resultTable";
import { outcomeLetters } from "../../src/experiment/results";
import { InputError } from "../../src/lib/errors";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import type { Problem, ProblemFamily } from "../../src/problems/problem";
import { policyParameters } from "../../src/settings/inForce";
import type { PresetLane } from "../../src/settings/presets";
import type { Settings } from "../../src/settings/settings";
import type { PlannedAnswer } from "./plans";

/** Settings of a lane, on the problems of a family. */
export interface LaneQuestion {
  readonly family: ProblemFamily;
  readonly settings: Settings;
}

export interface LaneOutcomes {
  /** A letter per problem, as in the table. */
  readonly letters: string;
  readonly source: PresetLane["source"];
}

/** The table's problems of a family, drawn again. */
export function tableProblems(table: ResultTable, family: ProblemFamily): Problem[] {
  const known = table.families.find((one) => one.family === family);
  if (known === undefined) throw new InputError(`the table of ${table.name} has no family ${family}`);
  const { difficulty } = known;
  const { seed, problemCount } = table;
  return drawFamily({ family, difficulty: [difficulty, difficulty], knobs: null, seed, count: problemCount });
}

/** In the order of the questions. Settings that the table lacks are run on all its problems. */
export async function laneOutcomes(
  questions: readonly LaneQuestion[],
  table: ResultTable,
  context: EvaluationContext,
): Promise<LaneOutcomes[]> {
  const cells = questions.map((question) => tableCell(table, question));
  const missing = questions.filter((_, place) => cells[place] === null);
  const evaluations = missing.map(({ family, settings }): Evaluation => {
    const policy = policyById(settings.policyId);
    // As the table does for its own runs: the seed counts only for a policy that draws.
    const parameters = effectiveParameters(policy, { ...policyParameters(settings), seed: table.seed });
    return { problems: tableProblems(table, family), policy, parameters, maxNewTokens: null };
  });
  const results = await evaluate(evaluations, context);
  return questions.map((question, place): LaneOutcomes => {
    const cell = cells[place];
    if (cell !== null) return { letters: cell.outcomes, source: "table" };
    return { letters: outcomeLetters(results[missing.indexOf(question)]), source: "search" };
  });
}

/** The cell with exactly the numbers in force, except for the seed, which is the table's own. Null if there is none. */
export function tableCell(table: ResultTable, { family, settings }: LaneQuestion): TableCell | null {
  const policy = policyById(settings.policyId);
  const parameters = inSlots(policyParameters(settings));
  const isSame = (cell: TableCell): boolean => {
    // What the cell does not name had its usual value: the parameter came later than the table.
    const ofCell = effectiveParameters(policy, cell.parameters);
    return policy.uses.every((name) => name === "seed" || ofCell[name] === parameters[name]);
  };
  const cell = table.cells.find((one) => one.family === family && one.policyId === policy.id && isSame(one));
  return cell ?? null;
}

/** The letters that mean a right answer. */
export function isRightLetter(letter: string): boolean {
  return letter === "e" || letter === "r";
}

export interface CandidateQuestion {
  /** A letter per problem for each lane. [lane] */
  readonly letters: readonly string[];
  readonly answers: readonly (PlannedAnswer | null)[]; // [lane]
  /** Lanes whose letters come from a different random draw than the run's, so that they decide nothing. */
  readonly isDrawn: readonly boolean[]; // [lane]
  /** Tokens of prompt and reference trace. [problem] */
  readonly lengths: readonly number[];
}

/** Places of the problems, best first: those with a clear outcome (right word for word, or a wrong answer rather than none), then the shorter. */
export function candidatePlaces({ letters, answers, isDrawn, lengths }: CandidateQuestion): number[] {
  const isDecided = (lane: number): boolean => !isDrawn[lane] && answers[lane] !== null;
  const fits = (place: number): boolean =>
    answers.every((answer, lane) => !isDecided(lane) || isRightLetter(letters[lane][place]) === (answer === "right"));
  const clearCount = (place: number): number =>
    answers.filter((_, lane) => isDecided(lane) && "ew".includes(letters[lane][place])).length;
  return lengths
    .map((_, place) => place)
    .filter(fits)
    .sort((one, other) => clearCount(other) - clearCount(one) || lengths[one] - lengths[other] || one - other);
}
