// A stored table as the panel shows it: columns by kind, window settings, the cells of a chart, figures in words.
import { storesFewerBytes } from "../../cache/packing";
import { capital } from "../../lib/capital";
import { listedOrCounted } from "../../lib/counted";
import { scoreKindLabels, type ScoreKind } from "../../policy/scoreKinds";
import { isUnusedByPolicy, kindOfPolicy, policyChoices } from "../../settings/inForce";
import { settingTable } from "../../settings/settings";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { writtenBytes } from "../../ui/numbers";

/** What counts as solved: the answer alone, or every word of the reasoning. */
export type Measure = "right" | "exact";

export interface WindowSetting {
  readonly windowSlots: number;
  readonly intervalSteps: number;
}

/** In the order of legends. */
const columnKinds: readonly ColumnKind[] = ["attention", "keysValues", "prediction", "bits", "held", "none"];

/** What sets a column apart: its score; at equal bytes, if it has one of these, how entries are stored, or what it keeps beside them. */
export type ColumnKind = ScoreKind | "bits" | "held";

export const columnKindLabels: Readonly<Record<ColumnKind, string>> = {
  ...scoreKindLabels,
  bits: "Fewer bits",
  held: "Merged, or read in part",
};

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly policyId: string;
  readonly kind: ColumnKind;
  /** Its place among the columns of its kind, which decides mark and dash. */
  readonly place: number;
}

/** The policies of a table in the order of the page's list, without the full cache, which is the reference. */
export function tableColumns(table: ResultTable): readonly Column[] {
  const columns: Column[] = [];
  const budgeted = table.cells.filter(({ budgetShare }) => budgetShare !== null);
  for (const cell of budgeted.sort((left, right) => listPlace(left) - listPlace(right))) {
    if (columns.some(({ id }) => id === cell.columnId)) continue;
    const kind = kindOfColumn(table, cell);
    const place = columns.filter((column) => column.kind === kind).length;
    columns.push({ id: cell.columnId, label: cell.label, policyId: cell.policyId, kind, place });
  }
  return columns;
}

function kindOfColumn({ unit }: ResultTable, { policyId, parameters }: TableCell): ColumnKind {
  const { storage, merging, reading } = parameters;
  if (unit === "bytes" && (merging !== "none" || reading !== "everything")) return "held";
  return unit === "bytes" && storesFewerBytes(storage) ? "bits" : kindOfPolicy(policyId);
}

function listPlace({ policyId }: TableCell): number {
  return settingTable.policyId.choices.findIndex(({ value }) => value === policyId);
}

export interface KindColumns {
  readonly kind: ColumnKind;
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
  const absent = table.unit === "bytes" ? absentMethods(table, columns) : absentPolicies(known);
  return [
    ...cannotWords(table),
    ...[...lacking].map(([budgets, labels]) => `not run yet at ${budgets} %: ${labels.join(", ")}`),
    ...(absent.length === 0 ? [] : [`not run yet: ${listedOrCounted(absent, ", ", "policies")}`]),
  ];
}

/** What cannot run, by place of the grid, with the reason of the first. */
function cannotWords({ cannot = [] }: ResultTable): readonly string[] {
  const places = new Map<string, { readonly labels: string[]; readonly reason: string }>();
  for (const { family, label, budgetShare, reason } of cannot) {
    const place = `${family} at ${Math.round(100 * budgetShare)} %`;
    const known = places.get(place);
    if (known === undefined) places.set(place, { labels: [label], reason });
    else known.labels.push(label);
  }
  return [...places].map(
    ([place, { labels, reason }]) => `cannot run on ${place}: ${labels.join(", ")}. ${labels[0]}: ${reason}`,
  );
}

function absentPolicies(known: ReadonlySet<string>): readonly string[] {
  return policyChoices()
    .filter(({ id, isEvicting }) => isEvicting && !known.has(id))
    .map(({ label }) => label);
}

/** Of a grid at equal bytes: what has no figures at any budget, and budgets at which nothing has. */
function absentMethods({ missing = [], cells }: ResultTable, columns: readonly Column[]): readonly string[] {
  const shares = new Set(cells.map(({ budgetShare }) => budgetShare));
  const methods = missing.filter(({ label }) => columns.every((column) => column.label !== label));
  const budgets = [...new Set(missing.flatMap(({ budgetShares }) => budgetShares))].filter(
    (share) => !shares.has(share),
  );
  return [
    ...methods.map(({ label }) => label),
    ...budgets.sort((left, right) => left - right).map((share) => `everything at ${Math.round(100 * share)} %`),
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
  /** Of a table at equal bytes, where every method has slots of its own. */
  readonly bytes?: number;
}

/** The budgets of some cells, least first. */
export function budgetsOf(cells: readonly TableCell[]): readonly Budget[] {
  const budgets = new Map(
    cells.map(({ budgetShare, budgetSlots, budgetBytes: bytes }): [number, Omit<Budget, "share">] => [
      budgetShare ?? 1,
      { slots: budgetSlots ?? 0, ...(bytes !== undefined && { bytes }) },
    ]),
  );
  return [...budgets].map(([share, size]) => ({ share, ...size })).sort((left, right) => left.share - right.share);
}

/** "77", "503 KiB" */
export function writtenSize({ slots, bytes }: Pick<Budget, "slots" | "bytes">): string {
  return bytes === undefined ? String(slots) : writtenBytes(bytes);
}

/** Of every column, the mean over the families: one chart of what bytes buy. Columns that lack a family are left out. */
export function meanCells(table: ResultTable, setting: WindowSetting | undefined): FamilyCells {
  const families = table.families.map(({ family }) => familyCells(table, family, setting));
  const places = new Map<string, TableCell[]>();
  for (const cell of families.flatMap(({ full, cells }) => [...(full === null ? [] : [full]), ...cells])) {
    const place = JSON.stringify([cell.columnId, cell.budgetShare]);
    places.set(place, [...(places.get(place) ?? []), cell]);
  }
  const means = [...places.values()].filter((cells) => cells.length === families.length).map(meanCell);
  return {
    full: means.find(({ budgetShare }) => budgetShare === null) ?? null,
    cells: means.filter(({ budgetShare }) => budgetShare !== null),
  };
}

/** Families count alike, whatever their numbers of problems. */
function meanCell(cells: readonly TableCell[]): TableCell {
  const [first] = cells;
  const meanOf = (value: (cell: TableCell) => number): number =>
    cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
  const errorOf = (error: (cell: TableCell) => number): number =>
    Math.sqrt(cells.reduce((sum, cell) => sum + error(cell) ** 2, 0)) / cells.length;
  const { budgetSlots, budgetBytes } = first;
  return {
    ...first,
    family: "mean",
    ...(budgetSlots !== null && { budgetSlots: Math.round(meanOf((cell) => cell.budgetSlots ?? 0)) }),
    ...(budgetBytes !== undefined && { budgetBytes: Math.round(meanOf((cell) => cell.budgetBytes ?? 0)) }),
    count: cells.reduce((sum, { count }) => sum + count, 0),
    right: meanOf(({ right }) => right),
    rightError: errorOf(({ rightError }) => rightError),
    exact: meanOf(({ exact }) => exact),
    exactError: errorOf(({ exactError }) => exactError),
    meanRetained: null,
    wrongKinds: {},
    parts: {},
    outcomes: cells.map(({ outcomes }) => outcomes).join(""),
  };
}

/** "Walk" */
export function familyLabel(family: string): string {
  return capital(family);
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

/** "25 %, 77 slots", "25 %, 503 KiB" */
export function writtenBudget({ share, ...size }: Budget): string {
  return `${Math.round(100 * share)} %, ${writtenSize(size)}${size.bytes === undefined ? " slots" : ""}`;
}

/** A cell in sentences. */
export function cellText(cell: TableCell): string {
  const { label, budgetShare, meanRetained, peakSlots, unfinishedCount, failures } = cell;
  const [slots, bytes] = [cell.budgetSlots ?? 0, cell.budgetBytes];
  const size = bytes === undefined ? { slots } : { slots, bytes };
  const held = bytes === undefined ? "" : `, which hold ${slots} slots`;
  const budget = budgetShare === null ? "" : `, ${writtenBudget({ share: budgetShare, ...size })}${held}`;
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
