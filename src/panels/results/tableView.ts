// A stored table as the panel shows it: columns by kind, window settings, the cells of a chart, figures in words.
import { scoreKindLabels, type ScoreKind } from "../../policy/scoreKinds";
import { isUnusedByPolicy, kindOfPolicy, policyChoices } from "../../settings/inForce";
import { settingTable } from "../../settings/settings";
import type { ResultTable, TableCell } from "../../state/storedResults";

/** What counts as solved: the answer alone, or every word of the reasoning. */
export type Measure = "right" | "exact";

export interface WindowSetting {
  readonly windowSlots: number;
  readonly intervalSteps: number;
}

/** What a score is made from, as menus group policies. */
const columnKinds = Object.keys(scoreKindLabels) as readonly ScoreKind[];

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly policyId: string;
  readonly kind: ScoreKind;
  /** Its place among the columns of its kind, which decides mark and dash. */
  readonly place: number;
}

/** The policies of a table in the order of the page's list, without the full cache, which is the reference. */
export function tableColumns(table: ResultTable): readonly Column[] {
  const columns: Column[] = [];
  const budgeted = table.cells.filter(({ budgetShare }) => budgetShare !== null);
  for (const cell of budgeted.sort((left, right) => listPlace(left) - listPlace(right))) {
    if (columns.some(({ id }) => id === cell.columnId)) continue;
    const kind = kindOfPolicy(cell.policyId);
    const place = columns.filter((column) => column.kind === kind).length;
    columns.push({ id: cell.columnId, label: cell.label, policyId: cell.policyId, kind, place });
  }
  return columns;
}

function listPlace({ policyId }: TableCell): number {
  return settingTable.policyId.choices.findIndex(({ value }) => value === policyId);
}

export interface KindColumns {
  readonly kind: ScoreKind;
  readonly columns: readonly Column[];
}

export function columnsByKind(columns: readonly Column[]): readonly KindColumns[] {
  return columnKinds
    .map((kind) => ({ kind, columns: columns.filter((column) => column.kind === kind) }))
    .filter((group) => group.columns.length > 0);
}

/** Columns that are the same in every window setting. */
export function columnsWithoutWindow(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ policyId }) => isUnusedByPolicy("windowSlots", policyId));
}

/** Columns that were run under a window setting. */
export function columnsUnder(
  columns: readonly Column[],
  table: ResultTable,
  setting: WindowSetting | undefined,
): readonly Column[] {
  const ids = new Set(
    table.families.flatMap(({ family }) => familyCells(table, family, setting).cells.map(({ columnId }) => columnId)),
  );
  return columns.filter(({ id }) => ids.has(id));
}

/** What the table lacks yet, in words: policies that are not in it, and budgets at which some have no figures. */
export function missingWords(table: ResultTable, columns: readonly Column[]): readonly string[] {
  const [setting] = windowSettings(table);
  const cells = table.families.flatMap(({ family }) => familyCells(table, family, setting).cells);
  const shares = [...new Set(cells.map(({ budgetShare }) => budgetShare ?? 1))].sort((left, right) => left - right);
  const lacking = new Map<string, string[]>();
  for (const { id, label } of columns) {
    const own = new Set(cells.filter(({ columnId }) => columnId === id).map(({ budgetShare }) => budgetShare));
    const lacks = shares.filter((share) => !own.has(share)).map((share) => String(Math.round(100 * share)));
    if (lacks.length > 0) lacking.set(lacks.join(", "), [...(lacking.get(lacks.join(", ")) ?? []), label]);
  }
  const known = new Set(table.cells.map(({ policyId }) => policyId));
  const absent = policyChoices().filter(({ id, isEvicting }) => isEvicting && !known.has(id));
  return [
    ...[...lacking].map(([budgets, labels]) => `not run yet at ${budgets} %: ${labels.join(", ")}`),
    ...(absent.length === 0 ? [] : [`not run yet: ${absent.map(({ label }) => label).join(", ")}`]),
  ];
}

export function windowSettings(table: ResultTable): readonly WindowSetting[] {
  const settings = new Map<string, WindowSetting>();
  for (const { windowSlots, intervalSteps } of table.cells) {
    if (windowSlots === null || intervalSteps === null) continue;
    settings.set(`${windowSlots} ${intervalSteps}`, { windowSlots, intervalSteps });
  }
  return [...settings.values()];
}

export interface FamilyCells {
  readonly full: TableCell | null;
  /** Under one window setting. */
  readonly cells: readonly TableCell[];
}

export function familyCells(table: ResultTable, family: string, setting: WindowSetting | undefined): FamilyCells {
  const ofFamily = table.cells.filter((cell) => cell.family === family);
  return {
    full: ofFamily.find(({ budgetShare }) => budgetShare === null) ?? null,
    cells: ofFamily.filter(
      ({ budgetShare, windowSlots, intervalSteps }) =>
        budgetShare !== null && windowSlots === setting?.windowSlots && intervalSteps === setting.intervalSteps,
    ),
  };
}

export interface Budget {
  readonly share: number;
  readonly slots: number;
}

/** The budgets of some cells, least first. */
export function budgetsOf(cells: readonly TableCell[]): readonly Budget[] {
  const slots = new Map(cells.map(({ budgetShare, budgetSlots }) => [budgetShare ?? 1, budgetSlots ?? 0]));
  return [...slots].map(([share, slots]) => ({ share, slots })).sort((left, right) => left.share - right.share);
}

/** "Walk" */
export function familyLabel(family: string): string {
  return family.charAt(0).toUpperCase() + family.slice(1);
}

export interface Figure {
  readonly share: number;
  /** One standard error. */
  readonly error: number;
}

export function figureOf(cell: TableCell, measure: Measure): Figure {
  return measure === "right"
    ? { share: cell.right, error: cell.rightError }
    : { share: cell.exact, error: cell.exactError };
}

/**
 * The Pareto front of a family under one window setting: cells that no other beats with as few slots. At each budget the
 * best, all of them where they tie, unless a smaller budget does as well.
 */
export function paretoFront(cells: readonly TableCell[], measure: Measure): ReadonlySet<TableCell> {
  const front = new Set<TableCell>();
  let bestBefore = 0; // a cell that solves nothing is on no front
  for (const { share } of budgetsOf(cells)) {
    const ofBudget = cells.filter(({ budgetShare }) => budgetShare === share);
    const best = Math.max(...ofBudget.map((cell) => figureOf(cell, measure).share));
    if (best <= bestBefore) continue;
    bestBefore = best;
    for (const cell of ofBudget) if (figureOf(cell, measure).share === best) front.add(cell);
  }
  return front;
}

/**
 * Columns in the order of the figures at a budget, the best first; those without one last, ties as they were. `share`: the
 * budget's, or null for the order of the policies.
 */
export function orderedColumns(
  columns: readonly Column[],
  cells: readonly TableCell[],
  share: number | null,
  measure: Measure,
): readonly Column[] {
  if (share === null) return columns;
  const solved = (column: Column): number => {
    const cell = cells.find(({ columnId, budgetShare }) => columnId === column.id && budgetShare === share);
    return cell === undefined ? -1 : figureOf(cell, measure).share;
  };
  return [...columns].sort((left, right) => solved(right) - solved(left));
}

/** In per cent: "83 ± 4"; "100" if the standard error is 0 and says nothing. */
export function writtenFigure({ share, error }: Figure): string {
  const percent = Math.round(100 * share);
  return error === 0 ? String(percent) : `${percent} ± ${Math.max(1, Math.round(100 * error))}`;
}

/** "25 %, 77 slots" */
export function writtenBudget({ share, slots }: Budget): string {
  return `${Math.round(100 * share)} %, ${slots} slots`;
}

/** A cell in sentences. */
export function cellText(cell: TableCell): string {
  const { label, budgetShare, budgetSlots, meanRetained, peakSlots, unfinishedCount, failures } = cell;
  const budget = budgetShare === null ? "" : `, ${writtenBudget({ share: budgetShare, slots: budgetSlots ?? 0 })}`;
  const kinds = Object.entries(cell.wrongKinds).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${label}${budget}: ${writtenFigure(figureOf(cell, "right"))} % right, ` +
      `${writtenFigure(figureOf(cell, "exact"))} % word for word.`,
    meanRetained === null
      ? ""
      : `At the end a head held ${Math.round(100 * meanRetained)} % of the text, and never more than ${peakSlots} slots.`,
    kinds.length === 0 ? "" : `First wrong steps: ${kinds.join(", ")}.`,
    unfinishedCount === 0 ? "" : `Without an answer: ${unfinishedCount}.`,
    failures.length === 0 ? "" : `Could not be run: ${failures.length}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
