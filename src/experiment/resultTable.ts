// The table as it is stored in public/results/: what was run, with which model, and the figures of every cell.

import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";
import type { ParameterValue } from "../trace/trace";
import type { ResultSummary } from "./summary";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const parameterValue = v.union([v.number(), v.string(), v.boolean()]);
const partSchema = v.object({ count, right: share, rightError: v.number() });

const summarySchema = v.object({
  count,
  right: share,
  rightError: v.number(),
  exact: share,
  exactError: v.number(),
  rightCount: count,
  exactCount: count,
  unfinishedCount: count,
  meanRetained: v.nullable(share),
  meanRetainedRight: v.nullable(share),
  peakSlots: count,
  meanPeakSlots: v.nullable(v.number()),
  tokens: count,
  tokensPerSecond: v.nullable(v.number()),
  wrongKinds: v.record(v.string(), count),
  parts: v.record(v.string(), partSchema),
  failures: v.array(v.object({ id: v.string(), message: v.string() })),
});

const cellSchema = v.object({
  family: v.string(),
  columnId: v.string(),
  label: v.string(),
  policyId: v.string(),
  budgetShare: v.nullable(share),
  budgetSlots: v.nullable(count),
  windowSlots: v.nullable(count),
  intervalSteps: v.nullable(count),
  parameters: v.record(v.string(), parameterValue),
  ...summarySchema.entries,
  outcomes: v.pipe(v.string(), v.regex(/^[erwuf]*$/)),
});

const tableSchema = v.object({
  version: v.literal(1),
  name: v.string(),
  command: v.string(),
  date: v.string(),
  model: v.object({ id: v.string(), digest: v.string(), parameterCount: count }),
  backend: v.picklist(["cpu", "gpu"]),
  seed: count,
  problemCount: count,
  families: v.array(
    v.object({
      family: v.string(),
      difficulty: count,
      meanFullLength: v.number(),
    }),
  ),
  cells: v.array(cellSchema),
});

/** One cell: where it stands in the grid, its figures, and how each problem ended. */
export interface TableCell extends ResultSummary {
  readonly family: string;
  /** The column's name: a policy, or a variant of one. */
  readonly columnId: string;
  readonly label: string;
  readonly policyId: string;
  /** Share of the family's mean full length; null for the full cache. */
  readonly budgetShare: number | null;
  readonly budgetSlots: number | null;
  readonly windowSlots: number | null;
  readonly intervalSteps: number | null;
  /** Every parameter in force, by its name in PolicyParameters. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** A letter per problem, in the order of the family's problems: e exact, r right but not exact, w wrong, u no answer, f failed. */
  readonly outcomes: string;
}

export interface ResultTable {
  readonly version: 1;
  readonly name: string;
  /** The command that makes it again. */
  readonly command: string;
  readonly date: string;
  readonly model: { readonly id: string; readonly digest: string; readonly parameterCount: number };
  readonly backend: "cpu" | "gpu";
  readonly seed: number;
  readonly problemCount: number;
  readonly families: readonly TableFamily[];
  readonly cells: readonly TableCell[];
}

export interface TableFamily {
  readonly family: string;
  readonly difficulty: number;
  /** Mean tokens of prompt and reference trace. */
  readonly meanFullLength: number;
}

/** Throws InputError for a text that is no table of this version. */
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
    `${file} is no table of results: ${v.getDotPath(issue) ?? "it"}: ${issue.message}; make it again with npm run table`,
  );
}
