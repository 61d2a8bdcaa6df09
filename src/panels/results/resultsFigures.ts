// The stored results as rows, for the table on the page and for files; and what they belong to. Pure.
import type { ResultTable, TableCell } from "../../state/storedResults";
import type { FigureAbout, FigureTable } from "../../ui/figure/figureTable";
import { familyCells, type WindowSetting } from "./tableView";

const columns: readonly (readonly [title: string, of: (cell: TableCell) => string | number | null])[] = [
  ["family", ({ family }) => family],
  ["policy", ({ label }) => label],
  ["budget (share of mean length)", ({ budgetShare }) => budgetShare],
  ["budget (bytes)", ({ budgetBytes }) => budgetBytes ?? null],
  ["budget (slots)", ({ budgetSlots }) => budgetSlots],
  ["problems", ({ count }) => count],
  ["right (share)", ({ right }) => right],
  ["right, standard error", ({ rightError }) => rightError],
  ["word for word (share)", ({ exact }) => exact],
  ["word for word, standard error", ({ exactError }) => exactError],
  ["without an answer", ({ unfinishedCount }) => unfinishedCount],
  ["token retention ratio at the end", ({ meanRetained }) => meanRetained],
  ["peak slots (per head)", ({ peakSlots }) => peakSlots],
];

/** A row per family, policy and budget, under one window setting; first the full cache, which has no budget. */
export function resultsFigures(table: ResultTable, setting: WindowSetting | undefined): FigureTable {
  const cells = table.families.flatMap(({ family }) => {
    const { full, cells: ofFamily } = familyCells(table, family, setting);
    return full === null ? ofFamily : [full, ...ofFamily];
  });
  const shown = columns.filter(([title]) => table.unit === "bytes" || title !== "budget (bytes)");
  return {
    caption: `Problems solved under each policy, by budget${setting === undefined ? "" : `; ${settingWords(setting)}`}`,
    columns: shown.map(([title]) => title),
    rows: cells.map((cell) => shown.map(([, of]) => of(cell))),
  };
}

export function resultsAbout(table: ResultTable, setting: WindowSetting | undefined): FigureAbout {
  const { model, seed, problemCount, date } = table;
  const seeds = `seeds ${seed} to ${seed + problemCount - 1}`;
  const window = setting === undefined ? [] : [settingWords(setting)];
  return {
    words: ["Winnow", model.id, `${problemCount} problems a mark`, seeds, ...window, date].join(" · "),
    columns: {
      "window (tokens)": setting?.windowSlots ?? null,
      "interval (steps)": setting?.intervalSteps ?? null,
      model: model.id,
      "first seed": seed,
    },
  };
}

function settingWords({ windowSlots, intervalSteps }: WindowSetting): string {
  return `window ${windowSlots}, an event every ${intervalSteps} steps`;
}
