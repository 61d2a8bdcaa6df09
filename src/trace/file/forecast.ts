// How a column of scores follows from columns before it: the few operations of which policies make their figures. A run
// file stores such a column as what differs from its forecast, and rounded terms are carried through by the same rules
// (docs/run-file.md). Reckoned in 64 bits, rounded to 32 once; comparisons are plain, so every language agrees bit by bit.

import { unreachable } from "../../lib/errors";

interface OperationShape {
  /** Columns it reads; `decayed` also does with none. */
  readonly sourceCount: number;
  /** What its number is: a factor c, a width of slots, or nothing. */
  readonly number: "factor" | "width" | "none";
}

/** a and b are the columns read, c the number. */
export const operations = {
  /** a */
  copy: { sourceCount: 1, number: "none" },
  /** a divided by the largest of its row, where that is above 0. */
  share: { sourceCount: 1, number: "none" },
  /** (a + c·b), divided in the same way. */
  shareOfSum: { sourceCount: 2, number: "factor" },
  /** c × what the slot carried: the carry of the event before, at the first event a; NaN for a slot without. */
  decayed: { sourceCount: 1, number: "factor" },
  /** The larger of a and b; b where a is NaN. */
  largest: { sourceCount: 2, number: "none" },
  /** a + c·b; b where a is NaN. */
  joined: { sourceCount: 2, number: "factor" },
  /** The largest a among c neighbouring candidates, its own in the middle. */
  pooled: { sourceCount: 1, number: "width" },
  /** c·a − (1 − c)·b */
  mixed: { sourceCount: 2, number: "factor" },
} satisfies Readonly<Record<string, OperationShape>>;

export type Operation = keyof typeof operations;

/** Of `pooled`, odd. */
export const LARGEST_WIDTH = 63;

export interface Forecast {
  /** The column told: a key of eventColumns.ts. */
  readonly column: string;
  readonly operation: Operation;
  /** Keys of the columns read, which stand before it. */
  readonly from: readonly string[];
  /** Factor or width; 1 where the operation has none. */
  readonly number: number;
}

/** By the column told. */
export type Forecasts = ReadonlyMap<string, Forecast>;

/** What one head has at an event. */
export interface ForecastRow {
  readonly sources: readonly Float32Array[]; // in the order of `from`
  /** What the first slots carried; null at the first event. [slot that was scored before] */
  readonly carried: Float32Array | null;
}

/** Writes the forecast of one row into `row`. [candidate] */
export function forecastInto(
  row: Float32Array,
  { operation, number }: Forecast,
  { sources, carried }: ForecastRow,
): void {
  const [a, b] = sources;
  switch (operation) {
    case "copy":
      row.set(a);
      return;
    case "share":
      row.set(a);
      divideByLargest(row);
      return;
    case "shareOfSum":
      for (let place = 0; place < row.length; place++) row[place] = a[place] + number * b[place];
      divideByLargest(row);
      return;
    case "decayed": {
      const past = carried ?? sources.at(0) ?? new Float32Array(0);
      for (let place = 0; place < row.length; place++) row[place] = place < past.length ? number * past[place] : NaN;
      return;
    }
    case "largest":
      for (let place = 0; place < row.length; place++) row[place] = a[place] > b[place] ? a[place] : b[place];
      return;
    case "joined":
      for (let place = 0; place < row.length; place++) {
        row[place] = Number.isNaN(a[place]) ? b[place] : a[place] + number * b[place];
      }
      return;
    case "pooled":
      poolInto(row, a, number);
      return;
    case "mixed":
      for (let place = 0; place < row.length; place++) row[place] = number * a[place] - (1 - number) * b[place];
      return;
    default:
      unreachable(operation);
  }
}

/** Rows whose largest is 0 or less stay as they are. */
function divideByLargest(row: Float32Array): void {
  let largest = 0;
  for (const value of row) if (value > largest) largest = value;
  if (largest === 0) return;
  for (let place = 0; place < row.length; place++) row[place] /= largest;
}

/** Ends are truncated; −Infinity where every neighbour is NaN. */
function poolInto(row: Float32Array, source: Float32Array, width: number): void {
  const reach = (width - 1) / 2;
  for (let place = 0; place < row.length; place++) {
    const end = Math.min(row.length, place + reach + 1);
    let largest = -Infinity;
    for (let near = Math.max(0, place - reach); near < end; near++) if (source[near] > largest) largest = source[near];
    row[place] = largest;
  }
}
