// The command line of `npm run table`, parsed into a record.

import os from "node:os";
import { parseArgs } from "node:util";
import type { GridColumn, GridPart } from "./grid";
import { bytesBudgets, bytesColumns, bytesProblemCount } from "./bytesGrid";
import { gridBudgets, gridColumns, gridProblemCount, gridSeed } from "./grid";
import { errorMessage, InputError } from "../../src/lib/errors";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import { parseFamily } from "../eval/problemSet";
import { parseBackend, parseCount, parseSeed } from "../eval/options";
import { parseDate, parseName, storedCommand } from "../storedResult";
import { shippedFolder } from "../../scripts/shippedFolder";

export type TableOptions =
  | TableRun
  | { readonly type: "show"; readonly file: string }
  | { readonly type: "readme"; readonly file: string; readonly folder: string }
  | ({ readonly type: "check"; readonly file: string } & TableCheck);

export interface TableRun {
  readonly type: "run";
  readonly name: string;
  readonly date: string;
  /** The command as typed, without the flags that do not change a figure. */
  readonly command: string;
  readonly modelFolder: string;
  readonly part: GridPart;
  readonly difficulty: number;
  readonly problemCount: number;
  /** Nothing is run: a column's budget that is not finished yet in every family is left out of the table. */
  readonly isFinishedOnly: boolean;
  readonly seed: number;
  readonly backend: "cpu" | "gpu";
  readonly jobs: number;
  readonly resultFile: string;
  readonly outFolder: string;
}

export interface TableCheck {
  readonly modelFolder: string;
  /** How many runs to repeat. */
  readonly sampleCount: number;
  readonly seed: number;
  readonly jobs: number;
}

const ownFlags = {
  name: { type: "string" },
  date: { type: "string" },
  family: { type: "string", default: problemFamilies.join(",") },
  column: { type: "string" },
  share: { type: "string" },
  model: { type: "string", default: shippedFolder },
  difficulty: { type: "string" },
  count: { type: "string" },
  bytes: { type: "boolean", default: false },
  finished: { type: "boolean", default: false },
  seed: { type: "string" },
  backend: { type: "string", default: "cpu" },
  jobs: { type: "string" },
  resume: { type: "string" },
  out: { type: "string" },
  show: { type: "string" },
  check: { type: "string" },
  readme: { type: "string" },
  sample: { type: "string", default: "20" },
  help: { type: "boolean", default: false },
} as const;

/** Where tables are stored, by what their budgets are shares of. */
const folders = { slots: "public/results", bytes: "public/results/bytes" } as const;

const grids = {
  slots: { columns: gridColumns, budgets: gridBudgets, problemCount: gridProblemCount },
  bytes: { columns: bytesColumns, budgets: bytesBudgets, problemCount: bytesProblemCount },
} as const;

export const tableUsage = `Usage: npm run table -- --name NAME --date YYYY-MM-DD [--family F,F] [--model DIR] …
  --name NAME      the table is written to public/results/NAME.json
  --date DATE      written into the table: the day it is made
  --family F,F     ${ownFlags.family.default}
  --bytes          the second grid: methods at equal bytes, ${bytesProblemCount} problems a cell, stored in ${folders.bytes}
  --column C,C     a part of the columns: ${gridColumns.map(({ id }) => id).join(", ")};
                   with --bytes: ${bytesColumns.map(({ id }) => id).join(", ")}
  --share B,B      a part of the budgets: ${gridBudgets.join(", ")}
  --model DIR      folder in Hugging Face layout (${ownFlags.model.default})
  --difficulty D   0 to ${maxDifficulty} (${maxDifficulty})
  --count N        problems a cell (${gridProblemCount})
  --finished       runs nothing; what lacks a run in any family is left out
  --seed N         of random evictions and of each family's first problem (${gridSeed})
  --backend NAME   cpu or gpu (cpu)
  --jobs J         processes (as many as cores; 1 for gpu)
  --resume FILE    keeps a result per line; what stands there is not run again (.cache/results-NAME.jsonl)
  --out DIR        folder of the table (${folders.slots})
  --show FILE      prints a stored table
  --readme FILE    writes the tables of --out into a Markdown file, between the marks that name them
  --check FILE     does some of its runs again and compares: --sample N of them (${ownFlags.sample.default}), drawn by --seed
The grids are in lab/table/grid.ts and bytesGrid.ts.`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parseTableOptions(argv: readonly string[]): TableOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  const jobs = values.jobs === undefined ? null : parseCount(values.jobs, "jobs");
  if (values.show !== undefined) return { type: "show", file: values.show };
  const unit = values.bytes ? "bytes" : "slots";
  const grid = grids[unit];
  if (values.readme !== undefined) {
    return { type: "readme", file: values.readme, folder: values.out ?? folders.slots };
  }
  if (values.check !== undefined) {
    return {
      type: "check",
      file: values.check,
      modelFolder: values.model,
      sampleCount: parseCount(values.sample, "sample"),
      seed: parseSeed(values.seed ?? "0"),
      jobs: jobs ?? os.availableParallelism(),
    };
  }
  const backend = parseBackend(values.backend);
  if (values.name === undefined) throw new InputError(`give --name\n${tableUsage}`);
  const name = parseName(values.name);
  return {
    type: "run",
    name,
    date: parseDate(values.date),
    command: storedCommand("npm run table", argv),
    modelFolder: values.model,
    part: {
      unit,
      families: values.family.split(",").map(parseFamily),
      columns: values.column === undefined ? grid.columns : parseColumns(values.column, grid.columns),
      budgets: values.share === undefined ? grid.budgets : parseShares(values.share, grid.budgets),
    },
    difficulty: parseDifficulty(values.difficulty),
    isFinishedOnly: values.finished,
    problemCount: values.count === undefined ? grid.problemCount : parseCount(values.count, "count"),
    seed: values.seed === undefined ? gridSeed : parseSeed(values.seed),
    backend,
    jobs: jobs ?? (backend === "gpu" ? 1 : os.availableParallelism()),
    resultFile: values.resume ?? `.cache/results-${name}.jsonl`,
    outFolder: values.out ?? folders[unit],
  };
}

/** In the order of the grid. */
function parseColumns(text: string, columns: readonly GridColumn[]): readonly GridColumn[] {
  const ids = text.split(",");
  const known = columns.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new InputError(`--column is "${unknown}", expected ${known.join(", ")}`);
  return columns.filter(({ id }) => ids.includes(id));
}

/** In the order of the grid. */
function parseShares(text: string, budgets: readonly number[]): readonly number[] {
  const shares = text.split(",");
  const unknown = shares.find((share) => !budgets.includes(Number(share)));
  if (unknown !== undefined) throw new InputError(`--share is "${unknown}", expected ${budgets.join(", ")}`);
  return budgets.filter((budget) => shares.map(Number).includes(budget));
}

// The return type is what parseArgs makes of ownFlags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: ownFlags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${tableUsage}`);
  }
}

/** The default is full difficulty. */
function parseDifficulty(text: string | undefined): number {
  if (text === undefined) return maxDifficulty;
  if (/^\d+$/.test(text) && Number(text) <= maxDifficulty) return Number(text);
  throw new InputError(`--difficulty is "${text}", expected a whole number from 0 to ${maxDifficulty}`);
}
