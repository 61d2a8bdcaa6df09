// A table as Markdown: for docs/results.md the means, then per family one table, policies down, budgets across, right answers in
// per cent; for the README an extract. Only the first setting of the grid; the file has the rest. The best of each budget is bold.

import { mean } from "../../src/experiment/results";
import { listedOrCounted } from "../../src/lib/counted";
import { policyKind } from "../../src/policy/policyGroups";
import { policyById } from "../../src/policy/policies";
import { scoreKindLabels, type ScoreKind } from "../../src/policy/scoreKinds";
import { bytesBudgets, bytesColumns } from "./bytesGrid";
import { gridBudgets, gridSettings } from "./grid";
import { rankedAt, type Ranked } from "./ranking";
import type { ResultTable, TableCell, TableFamily } from "../../src/experiment/resultTable";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseResultTable } from "../../src/experiment/resultTable";
import { InputError } from "../../src/lib/errors";

/** Laid out as Prettier does it, so that the file can be checked. */
export function tableMarkdown(table: ResultTable): string {
  const [{ windowSlots, intervalSteps }] = gridSettings;
  const { model, problemCount, seed, date, command } = table;
  const caption =
    `Right answers in %, ${problemCount} problems each, standard error at most ${largestError(table)}; w = ${windowSlots}, ` +
    `s = ${intervalSteps}; problem seeds ${seed} to ${seed + problemCount - 1}. Model ${model.id}, digest ` +
    `${model.digest.slice(0, 16)}, ${date}: \`${command}\`.`;
  const parts = [caption, ...missingMarkdown(table, gridBudgets), ...meansMarkdown(table)];
  return [...parts, ...table.families.flatMap((family) => familyMarkdown(table, family))].join("\n\n");
}

/** A table at equal bytes: the mean of the families with its standard error, and per family how many slots the bytes hold. */
export function bytesMarkdown(table: ResultTable): string {
  const [{ windowSlots, intervalSteps }] = gridSettings;
  const { model, problemCount, seed, date, command } = table;
  const caption =
    `Right answers in % ± standard error, ${problemCount} problems each; w = ${windowSlots}, s = ${intervalSteps}; problem seeds ` +
    `${seed} to ${seed + problemCount - 1}. Model ${model.id}, digest ${model.digest.slice(0, 16)}, ${date}: \`${command}\`.`;
  const parts = [caption, ...missingMarkdown(table, bytesBudgets), ...cannotMarkdown(table), ...bytesMeans(table)];
  return [...parts, ...table.families.flatMap((family) => bytesFamily(table, family))].join("\n\n");
}

/** In the order of the grid, methods that have a cell in every family at some budget. */
function bytesMeans(table: ResultTable): string[] {
  const shares = bytesBudgets.filter((share) => rankedAt(table, share).length > 0);
  const ranked = new Map(shares.map((share) => [share, rankedAt(table, share)]));
  const entry = (columnId: string, share: number): string => {
    const found = ranked.get(share)?.find((row) => row.columnId === columnId);
    if (found === undefined) return "–";
    const error = Math.sqrt(found.cells.reduce((sum, { rightError }) => sum + rightError ** 2, 0)) / found.cells.length;
    const text = `${Math.round(100 * found.right)} ± ${(100 * error).toFixed(0)}`;
    return found.behindBest === null ? `**${text}**` : text;
  };
  const rows = bytesColumns
    .filter(({ id }) => [...ranked.values()].some((rows) => rows.some(({ columnId }) => columnId === id)))
    .map(({ id, label }) => [label, ...shares.map((share) => entry(id, share))]);
  if (rows.length === 0) return [];
  return [
    `**Mean of the ${table.families.length} families** at shares of what a full cache in float32 takes. Bold: the best.`,
    alignedTable([["method", ...shares.map((share) => `${wholePercent(share)} %`)], ...rows]),
  ];
}

function bytesFamily(table: ResultTable, { family }: TableFamily): string[] {
  const cells = table.cells.filter((cell) => cell.family === family && cell.budgetShare !== null);
  const budgets = [...new Map(cells.map(({ budgetShare, budgetBytes }) => [budgetShare ?? 1, budgetBytes ?? 0]))].sort(
    ([left], [right]) => left - right,
  );
  const entry = (cell: TableCell | undefined): string => {
    if (cell === undefined) return "–";
    const error = cell.rightError === 0 ? "" : ` ± ${Math.max(1, Math.round(100 * cell.rightError))}`;
    return `${percent(cell)}${error} (${cell.budgetSlots ?? 0})`;
  };
  const rows = bytesColumns
    .filter(({ id }) => cells.some(({ columnId }) => columnId === id))
    .map(({ id, label }) => [
      label,
      ...budgets.map(([share]) => entry(cells.find((cell) => cell.columnId === id && cell.budgetShare === share))),
    ]);
  if (rows.length === 0) return [];
  return [
    `**${family}**; in brackets the slots of each KV head that the bytes hold:`,
    alignedTable([
      ["method", ...budgets.map(([share, bytes]) => `${wholePercent(share)} %, ${(bytes / 1024).toFixed(0)} KiB`)],
      ...rows,
    ]),
  ];
}

function cannotMarkdown({ cannot = [] }: ResultTable): string[] {
  const places = new Map<string, string[]>();
  for (const { family, label, budgetShare } of cannot) {
    const place = `${family} at ${wholePercent(budgetShare)} %`;
    places.set(place, [...(places.get(place) ?? []), label]);
  }
  if (cannot.length === 0) return [];
  const words = [...places].map(([place, labels]) => `${place}: ${labels.join("; ")}`).join(". ");
  return [`Cannot run on ${words}. ${cannot[0].label}: ${cannot[0].reason}.`];
}

/** In points of a hundred. */
function largestError({ problemCount }: ResultTable): string {
  return (50 / Math.sqrt(Math.max(1, problemCount))).toFixed(problemCount > 100 ? 1 : 0);
}

function missingMarkdown({ missing = [] }: ResultTable, gridShares: readonly number[]): string[] {
  const lists = new Map<string, string[]>();
  for (const { label, budgetShares } of missing) {
    const isWhole = budgetShares.length === gridShares.length;
    const budgets = isWhole ? "" : ` at ${listed(budgetShares.map(wholePercent))} %`;
    lists.set(budgets, [...(lists.get(budgets) ?? []), label]);
  }
  if (lists.size === 0) return [];
  const named = (labels: readonly string[]): string => listedOrCounted(labels, "; ", "policies");
  return [[...lists].map(([budgets, labels]) => `Not run yet${budgets}: ${named(labels)}.`).join(" ")];
}

/** The budget of the extract and of the order: tight, but not hopeless. */
const EXTRACT_SHARE = 0.25;

/** Differences below this many standard errors are called a tie. */
const TIE_ERRORS = 2;

/** The mean of the families per policy and budget, the best first, with what cannot be told from the best. */
function meansMarkdown(table: ResultTable): string[] {
  if (table.families.length < 2) return [];
  const rankings = gridBudgets
    .map((share) => ({ share, ranked: rankedAt(table, share) }))
    .filter(({ ranked }) => ranked.length > 0);
  const entry = (ranked: Ranked | undefined): string => {
    if (ranked === undefined) return "–";
    const { right, behindBest } = ranked;
    const text = String(Math.round(100 * right));
    if (right === 0) return text;
    if (behindBest === null) return `**${text}**`;
    return behindBest.difference < TIE_ERRORS * behindBest.error ? `${text} ≈` : text;
  };
  const inOrder = [...rankedAt(table, EXTRACT_SHARE), ...rankings.flatMap(({ ranked }) => ranked)];
  const order = [...new Set(inOrder.map(({ columnId }) => columnId))];
  const rows = order.map((columnId) => {
    const found = rankings.map(({ ranked }) => ranked.find((row) => row.columnId === columnId));
    return [found.find((row) => row !== undefined)?.label ?? columnId, ...found.map(entry)];
  });
  return [
    `**Mean of the ${table.families.length} families**, best first at ${wholePercent(EXTRACT_SHARE)} %. Bold: the best. ≈: a tie with it, ` +
      `less than ${TIE_ERRORS} standard errors behind, problem by problem.`,
    alignedTable([["policy", ...rankings.map(({ share }) => `${wholePercent(share)} %`)], ...rows]),
  ];
}

/** With the full cache and the controls ten rows at most. */
const extractCounts: Readonly<Record<ScoreKind, number>> = { attention: 3, keysValues: 2, prediction: 2, none: 0 };
const controls: readonly string[] = ["random", "promptRecent"];

/** At one budget the full cache, the best policies of each kind as they are published, and the two controls. */
export function extractMarkdown(table: ResultTable): string {
  const ranked = rankedAt(table, EXTRACT_SHARE);
  const published = ranked.filter(({ columnId, cells }) => columnId === cells[0].policyId);
  const best = (Object.keys(extractCounts) as ScoreKind[]).flatMap((kind) =>
    published.filter((row) => row.kind === kind).slice(0, extractCounts[kind]),
  );
  const full = table.cells.filter(({ budgetShare }) => budgetShare === null);
  const row = (label: string, kind: string, cells: readonly TableCell[]): string[] => [
    label,
    kind,
    ...cells.map(percent),
    String(Math.round(100 * (mean(cells.map(({ right }) => right)) ?? 0))),
  ];
  const rows = [
    ...(full.length === 0 ? [] : [row("Full cache", "", full)]),
    ...best.map(({ label, kind, cells }) => row(label, scoreKindLabels[kind].toLowerCase(), cells)),
    ...controls.flatMap((id) =>
      ranked.filter(({ columnId }) => columnId === id).map(({ label, cells }) => row(label, "control", cells)),
    ),
  ];
  return [
    `Right answers in % at ${wholePercent(EXTRACT_SHARE)} % of the mean length, ${table.problemCount} problems each, standard error at most ` +
      `${largestError(table)}: the best ${extractCounts.attention} policies that score by attention, the best ${extractCounts.keysValues} by keys ` +
      `and values, the best ${extractCounts.prediction} by prediction, and two controls, out of ${published.length} policies.`,
    alignedTable([["policy", "score from", ...table.families.map(({ family }) => family), "mean"], ...rows], 2),
  ].join("\n\n");
}

function wholePercent(share: number): string {
  return (100 * share).toFixed(0);
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
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
    if (cell === undefined) return "–";
    const isBest = cell.right > 0 && cell.right === best.get(cell.budgetSlots);
    return isBest ? `**${percent(cell)}**` : percent(cell);
  };
  const rowsOf = (ofKind: readonly TableCell[]): string[][] =>
    [...new Set(ofKind.map(({ label }) => label))].map((label) => [
      label,
      ...budgets.map(([slots]) => entry(ofKind.find((cell) => cell.label === label && cell.budgetSlots === slots))),
    ]);
  const rows = (Object.keys(scoreKindLabels) as ScoreKind[]).flatMap((kind) => {
    const ofKind = cells.filter(({ policyId }) => policyKind(policyById(policyId)) === kind);
    return ofKind.length === 0 ? [] : [[`_${scoreKindLabels[kind]}_`, ...budgets.map(() => "")], ...rowsOf(ofKind)];
  });
  return [
    `**${family}**, difficulty ${difficulty}, ${meanFullLength.toFixed(0)} tokens of prompt and reasoning on average` +
      `${full === undefined ? "" : `; the full cache answers ${percent(full)} right`}:`,
    alignedTable([
      ["policy", ...budgets.map(([slots, share]) => `${(100 * (share ?? 0)).toFixed(0)} %, ${slots ?? 0} slots`)],
      ...rows,
    ]),
  ];
}

/** The first row is the header; the first columns hold words and are aligned left, figures right. */
function alignedTable(rows: readonly (readonly string[])[], wordColumns = 1): string {
  const widths = rows[0].map((_, column) => Math.max(4, ...rows.map((row) => row[column].length)));
  const padded = (text: string, column: number): string =>
    column < wordColumns ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  const line = (row: readonly string[]): string => `| ${row.map(padded).join(" | ")} |`;
  const rule = widths.map((width, column) => (column < wordColumns ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
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

/** What a mark asks for: all of a table, its extract, or all of one at equal bytes. */
const blocks: Readonly<Record<string, (table: ResultTable) => string>> = {
  results: tableMarkdown,
  extract: extractMarkdown,
  bytes: bytesMarkdown,
};

/**
 * The text with every marked block rewritten. `atEqualBytes`: the tables that marks of that kind name; not every text has them.
 * Throws InputError if a table has no block; a text of extracts need not have all.
 */
export function withTables(
  text: string,
  tables: ReadonlyMap<string, ResultTable>,
  atEqualBytes: ReadonlyMap<string, ResultTable> = new Map(),
): string {
  const named: Readonly<Record<string, Set<string>>> = { results: new Set(), extract: new Set(), bytes: new Set() };
  const filled = text.replace(
    /<!-- (results|extract|bytes) ([\w-]+) -->.*?<!-- \/\1 -->/gs,
    (_, block: string, name: string) => {
      named[block].add(name);
      const table = (block === "bytes" ? atEqualBytes : tables).get(name);
      const body = table === undefined ? "There is no table for this model yet." : blocks[block](table);
      return `<!-- ${block} ${name} -->\n\n${body}\n\n<!-- /${block} -->`;
    },
  );
  const isOfExtracts = named.results.size === 0 && named.extract.size > 0;
  const missing = [...tables.keys()].find((name) => !named.results.has(name));
  if (missing === undefined || isOfExtracts) return filled;
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
