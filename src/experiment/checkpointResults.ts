// How often checkpoints are right, stored next to a model: those along its training (training.json), or models that were
// trained two ways (masks.json). A letter per problem, so that two checkpoints compare problem by problem.

import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";
import { shareError, shareOf } from "./results";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const cellSchema = v.object({
  family: v.string(),
  /** Of the family's mean full length; null for the full cache. */
  budgetShare: v.nullable(share),
  budgetSlots: v.nullable(count),
  /** A letter per problem: e exact, r right but not exact, w wrong, u no answer, f failed. */
  outcomes: v.pipe(v.string(), v.regex(/^[erwuf]+$/)),
});

const checkpointSchema = v.object({
  label: v.string(),
  /** Training steps taken from the base model on. */
  step: count,
  /** Its folder under models/; null where it does not ship. */
  folder: v.nullable(v.string()),
  /** SHA-256 of its weights. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** The command that trained it. */
  made: v.string(),
  cells: v.array(cellSchema),
});

const lossSchema = v.object({
  step: count,
  /** KL(teacher ‖ student) in nats a word, under the budgets drawn; null where no batch of the family came. By family. */
  divergence: v.record(v.string(), v.nullable(v.number())),
});

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: v.string(),
  date: v.string(),
  policyId: v.string(),
  windowSlots: count,
  intervalSteps: count,
  difficulty: count,
  /** Of a family's first problem; the others follow. */
  seed: count,
  problemCount: count,
  families: v.array(v.object({ family: v.string(), meanFullLength: v.number() })),
  /** Least first, the full cache last. */
  budgetShares: v.array(v.nullable(share)),
  checkpoints: v.pipe(v.array(checkpointSchema), v.minLength(2)),
  /** The loss along the run, where it was kept. */
  losses: v.optional(v.array(lossSchema)),
});

export type CheckpointResults = Readonly<v.InferOutput<typeof fileSchema>>;
export type Checkpoint = CheckpointResults["checkpoints"][number];
export type CheckpointCell = Checkpoint["cells"][number];

/** For every family and budget, in order, with a letter for every problem. */
function hasEveryCell({ checkpoints, families, budgetShares, problemCount }: CheckpointResults): boolean {
  const places = families.flatMap(({ family }) => budgetShares.map((budgetShare) => ({ family, budgetShare })));
  return checkpoints.every(
    ({ cells }) =>
      cells.length === places.length &&
      cells.every(
        ({ family, budgetShare, outcomes }, at) =>
          family === places[at].family && budgetShare === places[at].budgetShare && outcomes.length === problemCount,
      ),
  );
}

/** Throws InputError if the text is not such a file. */
export function parseCheckpointResults(text: string, file: string): CheckpointResults {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)})`);
  }
  const refuse = (what: string): InputError =>
    new InputError(`${file} holds no results of checkpoints: ${what}; make it again with npm run checkpoints`);
  const parsed = v.safeParse(fileSchema, fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw refuse(`${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
  }
  if (!hasEveryCell(parsed.output)) {
    throw refuse("a checkpoint lacks a cell for every family and budget, in order, with a letter for every problem");
  }
  return parsed.output;
}

/** The cell of a checkpoint. Throws where the file has no such family or budget. */
export function checkpointCell(
  { cells, label }: Checkpoint,
  family: string,
  budgetShare: number | null,
): CheckpointCell {
  const cell = cells.find((each) => each.family === family && each.budgetShare === budgetShare);
  if (cell === undefined) throw new Error(`${label} has no cell of ${family} at ${String(budgetShare)}`);
  return cell;
}

export interface Share {
  readonly share: number;
  /** One standard error. */
  readonly error: number;
}

const isRight = (letter: string): boolean => letter === "e" || letter === "r";

export function rightShare({ outcomes }: CheckpointCell): Share {
  const share = shareOf(Array.from(outcomes, isRight));
  return { share, error: shareError(share, outcomes.length) };
}

/** Word for word. */
export function exactShare({ outcomes }: CheckpointCell): Share {
  const share = shareOf(Array.from(outcomes, (letter) => letter === "e"));
  return { share, error: shareError(share, outcomes.length) };
}

/** How much more often the first is right, on the same problems; the standard error is that of the paired differences. */
export function rightDifference(one: CheckpointCell, other: CheckpointCell): Share {
  const differences = Array.from(
    one.outcomes,
    (letter, at) => Number(isRight(letter)) - Number(isRight(other.outcomes[at])),
  );
  const share = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - share) ** 2, 0);
  return { share, error: Math.sqrt(squares) / differences.length };
}
