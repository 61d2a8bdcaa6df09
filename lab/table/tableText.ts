// A table as plain text: per family and setting one block, budgets down, policies across, right/exact in each cell.
//
//   walk, w 16, s 16 (100 problems, mean length 307; full cache 1.00/1.00)
//   budget       StreamingLLM  …  G-KV
//   77 (25 %)    .03/.00          .83/.83

import type { ResultTable, TableCell } from "../../src/experiment/resultTable";

export function tableText(table: ResultTable): string {
  const heading = [
    `${table.name}: ${table.command}`,
    `model ${table.model.id}, ${table.model.digest.slice(0, 16)}; ${table.backend}; ${table.date}`,
    "Cells: answer right/exact trace, shares; standard errors are in the file, at most " +
      `${(0.5 / Math.sqrt(Math.max(1, table.problemCount))).toFixed(2)}.`,
  ];
  return [...heading, ...table.families.flatMap(({ family }) => familyText(table, family))].join("\n");
}

function familyText(table: ResultTable, family: string): string[] {
  const cells = table.cells.filter((cell) => cell.family === family);
  const full = cells.find((cell) => cell.budgetShare === null);
  const length = table.families.find((other) => other.family === family)?.meanFullLength ?? 0;
  const budgeted = cells.filter((cell) => cell.budgetShare !== null);
  return distinct(budgeted.map(settingOf)).flatMap((setting) => [
    "",
    `${family}, ${setting} (${cells[0]?.count ?? 0} problems, mean length ${length.toFixed(0)}` +
      `${full === undefined ? "" : `; full cache ${cellText(full)}`})`,
    ...blockText(budgeted.filter((cell) => settingOf(cell) === setting)),
  ]);
}

function blockText(cells: readonly TableCell[]): string[] {
  const labels = distinct(cells.map(({ label }) => label));
  const budgets = distinct(cells.map(budgetOf));
  const rows = budgets.map((budget) => [
    budget,
    ...labels.map((label) => {
      const cell = cells.find((other) => other.label === label && budgetOf(other) === budget);
      return cell === undefined ? "" : cellText(cell);
    }),
  ]);
  return alignColumns([["budget", ...labels], ...rows]);
}

/** Each column as wide as its widest entry, two spaces between. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((entry, column) => entry.padEnd(widths[column]))
      .join("  ")
      .trimEnd(),
  );
}

function cellText({ right, exact, failures }: TableCell): string {
  return `${shareText(right)}/${shareText(exact)}${failures.length > 0 ? ` (${failures.length} failed)` : ""}`;
}

/** ".83", "1.00" */
function shareText(value: number): string {
  return value.toFixed(2).replace(/^0/, "");
}

function budgetOf({ budgetSlots, budgetShare }: TableCell): string {
  return `${budgetSlots ?? 0} (${(100 * (budgetShare ?? 0)).toFixed(0)} %)`;
}

function settingOf({ windowSlots, intervalSteps }: TableCell): string {
  return `w ${windowSlots ?? 0}, s ${intervalSteps ?? 0}`;
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
