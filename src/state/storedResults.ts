// The stored tables of results, one per model, fetched when needed. The address is relative, so that the
// page works from any folder of any host.
import { parseResultTable, type ResultTable, type TableCell } from "../experiment/resultTable";
import { InputError } from "../lib/errors";
import { drawProblem, problemFamilies } from "../problems/families";
import { storedText, type FetchFile } from "./storedFile";
import { isUnusedByPolicy } from "../settings/inForce";
import { settingIds, type Choices } from "../settings/settings";

export type { ResultTable, TableCell, TableFamily } from "../experiment/resultTable";

/** What the budgets of a table are equal in. */
export type BudgetUnit = "slots" | "bytes";

/** Throws InputError in plain words if there is none, or the file does not hold a table. */
export async function loadResultTable(
  modelId: string,
  unit: BudgetUnit = "slots",
  fetchFile?: FetchFile,
): Promise<ResultTable> {
  const file = unit === "bytes" ? `results/bytes/${modelId}.json` : `results/${modelId}.json`;
  const text = await storedText(file, fetchFile);
  const equal = unit === "bytes" ? " at equal bytes" : "";
  if (text === null) throw new InputError(`No results${equal} are stored for this model (${file} is not there).`);
  return parseResultTable(text, file);
}

/** How a run of a cell came out, by its letter in `outcomes`. */
const outcomeTexts: Readonly<Record<string, string>> = {
  e: "right, word for word",
  r: "right, but not word for word",
  w: "wrong",
  u: "without an answer",
  f: "not at all: it could not be run",
};

/** How the text of a trial begins. */
export const TRIAL_LEAD = "Set for the next run:";

export interface CellTrial {
  readonly choices: Choices;
  /** What was set, and how the same run came out in the table. */
  readonly text: string;
}

/** Null for a family that this page does not know. */
export function cellTrial(table: ResultTable, cell: TableCell): CellTrial | null {
  const family = problemFamilies.find((known) => known === cell.family);
  const difficulty = table.families.find((other) => other.family === cell.family)?.difficulty;
  if (family === undefined || difficulty === undefined) return null;
  const problem = drawProblem(family, difficulty, table.seed).id;
  const { policyId, parameters, label, budgetSlots, outcomes } = cell;
  // Random eviction drew from a seed of its own for every problem, too large for a setting.
  const used = settingIds.filter(
    (id) => id in parameters && id !== "seed" && !isUnusedByPolicy(id, policyId, parameters),
  );
  const chosen = Object.fromEntries(used.map((id) => [id, parameters[id]])) as Choices;
  const outcome = outcomeTexts[outcomes.charAt(0)] ?? "unknown";
  const draw = isUnusedByPolicy("seed", policyId) ? "" : ", with another draw";
  return {
    choices: { ...chosen, problem, model: table.model.id, policyId },
    text:
      `${TRIAL_LEAD} ${label}${budgetSlots === null ? "" : `, ${budgetSlots} slots`}, problem ${problem}. ` +
      `In the table this run came out ${outcome}${draw}. Press Run.`,
  };
}
