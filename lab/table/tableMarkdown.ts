// A table as Markdown for docs/results.md: per family one table, policies down, budgets across, right answers in per cent.
// Only the first setting of the grid; the file has the rest. The best policies of each budget are bold.

import { gridSettings } from "./grid";
import type { ResultTable, TableCell, TableFamily } from "../../src/experiment/resultTable";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseResultTable } from "../../src/experiment/resultTable";
import { InputError } from "../../src/lib/errors";

/** Laid out as Prettier does it, so that the file can be checked. */
export function tableMarkdown(table: ResultTable): string {
  const [{ windowSlots, intervalSteps }] = gridSettings;
  const { model, problemCount, seed, date, command } = table;
  const largestError = (50 / Math.sqrt(Math.max(1, problemCount))).toFixed(problemCount > 100 ? 1 : 0);
  const caption =
    `Right answers in %, ${problemCount} problems each, standard error at most ${largestError}; w = ${windowSlots}, ` +
    `s = ${intervalSteps}; problem seeds ${seed} to ${seed + problemCount - 1}. Model ${model.id}, digest ` +
    `${model.digest.slice(0, 16)}, ${date}: \`${command}\`.`;
  return [caption, ...table.families.flatMap((family) => familyMarkdown(table, family))].join("\n\n");
}

function familyMarkdown(table: ResultTable, { family, meanFullLength, difficulty }: TableFamily): string[] {
  const ofFamily = table.cells.filter((cell) => cell.family === family);
  const full = ofFamily.find(({ budgetShare }) => budgetShare === null);
  const [setting] = gridSettings;
  const cells = ofFamily.filter(
    ({ windowSlots, intervalSteps }) => windowSlots === setting.windowSlots && intervalSteps === setting.intervalSteps,
  );
  const budgets = [...new Map(cells.map(({ budgetSlots, budgetShare }) => [budgetSlots, budgetShare]))];
  const best = new Map(
    budgets.map(([slots]) => [
      slots,
      Math.max(...cells.filter(({ budgetSlots }) => budgetSlots === slots).map(({ right }) => right)),
    ]),
  );
  const entry = (cell: TableCell | undefined): string => {
    if (cell === undefined) return "";
    const isBest = cell.right > 0 && cell.right === best.get(cell.budgetSlots);
    return isBest ? `**${percent(cell)}**` : percent(cell);
  };
  const rows = [...new Set(cells.map(({ label }) => label))].map((label) => [
    label,
    ...budgets.map(([slots]) => entry(cells.find((cell) => cell.label === label && cell.budgetSlots === slots))),
  ]);
  return [
    `**${family}**, difficulty ${difficulty}, ${meanFullLength.toFixed(0)} tokens of prompt and reasoning on average` +
      `${full === undefined ? "" : `; the full cache answers ${percent(full)} right`}:`,
    alignedTable([
      ["budget", ...budgets.map(([slots, share]) => `${(100 * (share ?? 0)).toFixed(0)} %, ${slots ?? 0} slots`)],
      ...rows,
    ]),
  ];
}

/** The first row is the header; the first column is aligned left, figures right. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(4, ...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(rows[0]), line(rule), ...rows.slice(1).map(line)].join("\n");
}

function percent({ right, failures }: TableCell): string {
  return `${Math.round(100 * right)}${failures.length > 0 ? ` (${failures.length} failed)` : ""}`;
}

/** Every table of a folder, by file name without ".json"; empty if there is no folder yet. */
export async function readTables(folder: string): Promise<ReadonlyMap<string, ResultTable>> {
  const names = (await fileNames(folder)).filter((name) => name.endsWith(".json")).sort();
  const tables = new Map<string, ResultTable>();
  for (const name of names) {
    const file = path.join(folder, name);
    tables.set(path.basename(name, ".json"), parseResultTable(await readFile(file, "utf8"), file));
  }
  return tables;
}

/** The text with every marked block rewritten. Throws InputError if a table has no block. */
export function withTables(text: string, tables: ReadonlyMap<string, ResultTable>): string {
  const named = new Set<string>();
  const filled = text.replace(/<!-- results ([\w-]+) -->.*?<!-- \/results -->/gs, (_, name: string) => {
    named.add(name);
    const table = tables.get(name);
    const body = table === undefined ? "There is no table for this model yet." : tableMarkdown(table);
    return `<!-- results ${name} -->\n\n${body}\n\n<!-- /results -->`;
  });
  const missing = [...tables.keys()].find((name) => !named.has(name));
  if (missing === undefined) return filled;
  throw new InputError(
    `no block for the table ${missing}: add <!-- results ${missing} --> and <!-- /results --> to it`,
  );
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
