// A table as Markdown for the README: per family one table, policies down, budgets across, right answers in per cent.
// Only the first setting of the grid; the file has the rest. The best policies of each budget are bold.

import { gridSettings } from "./grid";
import type { ResultTable, TableCell, TableFamily } from "../../src/experiment/resultTable";

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

/** The first row is the head; the first column stands left, figures stand right. */
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
