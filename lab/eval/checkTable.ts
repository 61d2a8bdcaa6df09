// Does some of a stored table's runs again: every letter must come out as it stands there.

import type { ResultTable, TableCell } from "../../src/experiment/resultTable";
import { outcomeLetters } from "../../src/experiment/results";
import { InputError } from "../../src/lib/errors";
import { randomStream } from "../../src/lib/random";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { drawFamily, parseFamily } from "./drawFamily";
import type { Evaluation } from "./evaluate";
import { evaluate } from "./evaluate";
import { openModel } from "./openModel";
import { openResultFile } from "./resultFile";
import type { TableCheck } from "./tableOptions";

export interface CheckedRun {
  readonly problem: string;
  readonly cell: TableCell;
  /** Letters of `outcomes`. */
  readonly stored: string;
  readonly found: string;
}

/** Throws InputError when the model is not the one of the table. */
export async function checkTable(table: ResultTable, check: TableCheck): Promise<CheckedRun[]> {
  const model = await openModel(check.modelFolder);
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
