// The figures of a characterisation, a column each: what is read of a row, how it is written, how it differs from the
// baseline's. And the rows in order, and as a table for files. Pure.
import { storesCodes } from "../../cache/packing";
import type { CharacterisationConfig, CharacterisationRow, Spread, TaskFigures } from "../../state/characterisation";
import type { TraceHeader } from "../../trace/trace";
import type { ParetoFigure } from "../../ui/pareto/ParetoPicture";
import type { FigureTable } from "../../ui/figure/figureTable";
import { signedNumber, writtenBytes, writtenMs, writtenNumber, writtenShare } from "../../ui/numbers";

/** Figures of a row that hold under the present conditions. */
export interface RowFigures {
  readonly row: CharacterisationRow;
  readonly measured: NonNullable<CharacterisationRow["measured"]> | null;
  readonly quality: NonNullable<CharacterisationRow["quality"]>["figures"] | null;
}

interface FigureColumn {
  readonly id: string;
  /** Over several columns. */
  readonly group: string;
  readonly title: string;
  /** Of the file. */
  readonly unit: string;
  readonly about: string;
  readonly value: (figures: RowFigures) => number | null;
  readonly written: (value: number) => string;
  /** Quartiles of repeats. */
  readonly spread?: (figures: RowFigures) => Spread | null;
  /** Lower is better unless it says so. */
  readonly better?: "high";
  /** How it differs from the baseline's, null where that says nothing. */
  readonly difference: (value: number, baseline: number) => string | null;
}

const inPercent = (value: number, baseline: number): string | null =>
  baseline === 0 || value === baseline ? null : `${signedNumber(Math.round(100 * (value / baseline - 1)))} %`;
const inUnits = (value: number, baseline: number): string | null =>
  value === baseline ? null : signedNumber(value - baseline);
const inPoints = (value: number, baseline: number): string | null =>
  value === baseline ? null : `${signedNumber(Math.round(100 * (value - baseline)))} pts`;
const nothing = (): null => null;

const time = <Id extends string>(
  id: Id,
  title: string,
  about: string,
  spread: (figures: NonNullable<RowFigures["measured"]>["figures"]) => Spread,
) => {
  const of = ({ measured }: RowFigures): Spread | null => (measured === null ? null : spread(measured.figures));
  return {
    ...{ id, title, about, unit: "ms", written: writtenMs, spread: of, difference: inPercent },
    value: (figures: RowFigures) => of(figures)?.median ?? null,
  };
};

function shareRight(task: TaskFigures | null): number | null {
  return task === null ? null : task.rightCount / task.problemCount;
}

export const figureColumns = [
  {
    ...{ id: "cold", group: "first token", title: "cold", unit: "ms", written: writtenMs, difference: inPercent },
    about:
      "Time to first token of the first run of a fresh engine: buffers made, kernels compiled, prompt read. The model’s files are there.",
    value: ({ measured }) => measured?.figures.coldFirstMs ?? null,
  },
  {
    ...time("warm", "warm", "Time to first token of later runs.", ({ warmFirstMs }) => warmFirstMs),
    group: "first token",
  },
  {
    ...time("p50", "p50", "Time from token to token, median of a run.", ({ p50Ms }) => p50Ms),
    group: "time per token",
  },
  {
    ...time("p95", "p95", "Time from token to token, 95th percentile of a run.", ({ p95Ms }) => p95Ms),
    group: "time per token",
  },
  {
    ...time("p99", "p99", "Time from token to token, 99th percentile of a run.", ({ p99Ms }) => p99Ms),
    group: "time per token",
  },
  {
    ...{ id: "weights", group: "bytes", title: "weights", unit: "bytes", difference: inPercent },
    about:
      "Weights as the engine holds them. Numbers are held twice on a CPU, as loaded and in the order that SIMD reads; blocks once.",
    value: ({ measured }) => measured?.figures.weightBytes ?? null,
    written: writtenBytes,
  },
  {
    ...{ id: "cache", group: "bytes", title: "cache", unit: "bytes", difference: inPercent },
    about: "Keys and values in use after the last token, as stored.",
    value: ({ measured }) => measured?.figures.kvBytes ?? null,
    written: writtenBytes,
  },
  {
    ...{ id: "moved", group: "bytes", title: "a token", unit: "bytes", difference: inPercent },
    about: "Bytes that a token reads: matrices as they are held, and the cache in use, each once; mean over the steps.",
    value: ({ measured }) => measured?.figures.movedBytes ?? null,
    written: writtenBytes,
  },
  {
    ...{ id: "operations", group: "operations", title: "a token", unit: "operations", difference: inPercent },
    about:
      "Multiplications and additions of a token: 2 for each weight, 4 for each number of a query head and slot; mean over the steps.",
    value: ({ measured }) => measured?.figures.operations ?? null,
    written: (value) => `${writtenNumber(value / 1e6)} M`,
  },
  {
    ...{ id: "perplexity", group: "on the baseline’s tokens", title: "perplexity", unit: "", difference: inUnits },
    about: "exp of the mean −ln p of the tokens that the baseline generated.",
    value: ({ quality }) => quality?.perplexity ?? null,
    written: (value) => (value < 10 ? value.toFixed(4) : writtenNumber(value)),
  },
  {
    ...{ id: "kl", group: "on the baseline’s tokens", title: "KL", unit: "nats", difference: nothing },
    about: "Mean of KL(baseline ‖ row) over the steps, in nats.",
    value: ({ quality }) => quality?.klNats ?? null,
    written: writtenNumber,
  },
  {
    ...{
      better: "high",
      id: "agreed",
      group: "on the baseline’s tokens",
      title: "same first",
      unit: "share",
      difference: nothing,
    },
    about: "Share of steps at which row and baseline hold the same token for the most probable one.",
    value: ({ quality }) => quality?.agreedShare ?? null,
    written: writtenShare,
  },
  {
    ...{ better: "high", id: "right", group: "task", title: "right", unit: "share", difference: inPoints },
    about: "Problems of the run’s family and difficulty that are answered right, each row with its own text.",
    value: ({ measured }) => shareRight(measured?.task ?? null),
    written: writtenShare,
  },
] as const satisfies readonly FigureColumn[];

export type FigureId = (typeof figureColumns)[number]["id"];

export const columnList: readonly (FigureColumn & { readonly id: FigureId })[] = figureColumns;

/** Any figure along either axis of a picture. */
export const figureAxes: readonly ParetoFigure<RowFigures, FigureId>[] = columnList.map(
  ({ id, group, title, better, written, value }): ParetoFigure<RowFigures, FigureId> => ({
    id,
    better: better ?? "low",
    written,
    title: `${group}: ${title}`,
    of: (figures) => {
      const found = value(figures);
      return found === null ? null : { value: found };
    },
  }),
);

/** What each row shows, in its own order. */
export function rowFigures(
  rows: readonly CharacterisationRow[],
  conditions: string,
  against: string,
): readonly RowFigures[] {
  return rows.map((row) => ({
    row,
    measured: row.measured?.conditions === conditions ? row.measured : null,
    quality: row.quality?.against === against ? row.quality.figures : null,
  }));
}

/** By a figure; rows without it come last, in their own order. */
export function sortedRows(
  rows: readonly RowFigures[],
  sort: FigureId | null,
  isDescending: boolean,
): readonly RowFigures[] {
  const column = columnList.find(({ id }) => id === sort);
  if (column === undefined) return rows;
  const [known, unknown] = [true, false].map((isKnown) =>
    rows.filter((row) => (column.value(row) !== null) === isKnown),
  );
  const sign = isDescending ? -1 : 1;
  known.sort((one, other) => sign * ((column.value(one) ?? 0) - (column.value(other) ?? 0)));
  return [...known, ...unknown];
}

export const storageLabels: Readonly<Record<CharacterisationConfig["storage"], string>> = {
  asComputed: "as computed",
  half: "16 bits",
  quantised: "quantised",
  kivi: "KIVI-like",
  tada: "TaDA",
};

/** Blocks largest first. */
export const weightLabels: Readonly<Record<CharacterisationConfig["weights"], string>> = {
  asLoaded: "as loaded",
  ...{ Q8_0: "Q8_0", Q5_1: "Q5_1", Q5_0: "Q5_0", Q4_1: "Q4_1", Q4_0: "Q4_0" },
};

export function budgetWords(budgetSlots: number | null): string {
  return budgetSlots === null ? "everything" : `${budgetSlots} slots`;
}

/** "weights Q4_0 · entries quantised 4 · groups of 32 · everything" */
export function configWords(config: CharacterisationConfig): string {
  const { weights, storage, kvBits, groupNumbers, budgetSlots } = config;
  const isPacked = storesCodes(storage);
  const entries = isPacked ? `${storageLabels[storage]} ${kvBits}` : storageLabels[storage];
  const groups = isPacked ? [`groups of ${groupNumbers}`] : [];
  return [`weights ${weightLabels[weights]}`, `entries ${entries}`, ...groups, budgetWords(budgetSlots)].join(" · ");
}

interface TableOf {
  readonly baselineId: number;
  readonly header: TraceHeader;
  readonly problemId: string | null;
  readonly browser: string;
}

/** Medians with their quartiles, and under what they were measured. */
export function characterisationTable(
  rows: readonly RowFigures[],
  { baselineId, header, problemId, browser }: TableOf,
): FigureTable {
  const { model } = header;
  const spreadTitles = columnList.filter(({ spread }) => spread !== undefined);
  return {
    caption: "Ways to store and serve the model; times are medians over the repeats.",
    columns: [
      ...["weights", "entries", "bits of entries", "group (numbers)", "budget (slots)", "baseline"],
      ...columnList.map(({ group, title, unit }) => `${group}: ${title}${unit === "" ? "" : ` (${unit})`}`),
      ...spreadTitles.flatMap(({ group, title }) => [
        `${group}: ${title}, lower quartile (ms)`,
        `${group}: ${title}, upper quartile (ms)`,
      ]),
      ...["tokens", "problems", "cache allocated (bytes)", "adapter", "browser", "date"],
      ...["model", "model digest", "problem", "note"],
    ],
    rows: rows.map((figures) => {
      const { row, measured } = figures;
      const { weights, storage, kvBits, groupNumbers, budgetSlots } = row.config;
      const isPacked = storesCodes(storage);
      return [
        ...[weightLabels[weights], storageLabels[storage], isPacked ? kvBits : null],
        ...[isPacked ? groupNumbers : null, budgetSlots, row.id === baselineId ? "yes" : "no"],
        ...columnList.map((column) => column.value(figures)),
        ...spreadTitles.flatMap(({ spread }) => {
          const of = spread?.(figures) ?? null;
          return [of?.lower ?? null, of?.upper ?? null];
        }),
        ...[measured?.figures.tokenCount ?? null, measured?.task?.problemCount ?? null],
        ...[
          measured?.figures.kvBytesHeld ?? null,
          measured?.figures.backend ?? null,
          measured === null ? null : browser,
          measured?.figures.date ?? null,
        ],
        ...[model.id, model.digest, problemId ?? "own text", row.failure],
      ];
    }),
  };
}
