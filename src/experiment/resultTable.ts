// The table as it is stored in public/results/: what was run, with which model, and the figures of every cell.

import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";
import { summarySchema } from "./results";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const cellSchema = v.object({
  family: v.string(),
  /** The column's name: a policy, or a variant of one. */
  columnId: v.string(),
  label: v.string(),
  policyId: v.string(),
  /** Share of the family's mean full length, or of what that takes in bytes; null for the full cache. */
  budgetShare: v.nullable(share),
  budgetSlots: v.nullable(count),
  /** Of a table at equal bytes: how many of them the slots are. */
  budgetBytes: v.optional(count),
  windowSlots: v.nullable(count),
  intervalSteps: v.nullable(count),
  /** Every parameter in force, by its name in PolicyParameters. */
  parameters: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()])),
  ...summarySchema.entries,
  /** A letter per problem, in the order of the family's problems: e exact, r right but not exact, w wrong, u no answer, f failed. */
  outcomes: v.pipe(v.string(), v.regex(/^[erwuf]*$/)),
});

const familySchema = v.object({
  family: v.string(),
  difficulty: count,
  /** Mean tokens of prompt and reference trace. */
  meanFullLength: v.number(),
});

const tableSchema = v.object({
  version: v.literal(1),
  name: v.string(),
  /** The command that makes it again. */
  command: v.string(),
  date: v.string(),
  model: v.object({ id: v.string(), digest: v.string(), parameterCount: count }),
  backend: v.picklist(["cpu", "gpu"]),
  seed: count,
  problemCount: count,
  families: v.array(familySchema),
  /** Columns of the grid that had not run yet at these budgets when the table was made; absent if nothing was missing. */
  missing: v.optional(v.array(v.object({ label: v.string(), budgetShares: v.array(share) }))),
  /** What the budgets are shares of; absent: slots. In bytes: of a full cache as computed. */
  unit: v.optional(v.picklist(["slots", "bytes"])),
  /** Of a table at equal bytes: places of the grid at which a method cannot run, and why. */
  cannot: v.optional(
    v.array(
      v.object({ family: v.string(), columnId: v.string(), label: v.string(), budgetShare: share, reason: v.string() }),
    ),
  ),
  cells: v.array(cellSchema),
});

/** One cell: its place in the grid, its figures, and how each problem ended. */
export type TableCell = Readonly<v.InferOutput<typeof cellSchema>>;
export type TableFamily = Readonly<v.InferOutput<typeof familySchema>>;
export type ResultTable = Readonly<v.InferOutput<typeof tableSchema>>;

/** Throws InputError if the text is not a table of this version. */
export function parseResultTable(text: string, file: string): ResultTable {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(tableSchema, fields);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new InputError(
    `${file} is not a table of results: ${v.getDotPath(issue) ?? "it"}: ${issue.message}; make it again with npm run table`,
  );
}
