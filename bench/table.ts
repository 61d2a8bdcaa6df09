// A table of figures, and the two functions that every case rounds them with.

export interface BenchTable {
  readonly title: string;
  /** What was measured and how to read it. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The middle value; of an even number of values the lower middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** How a figure varied over the repeats, as `spreadNote` explains. */
export function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => String(rounded(value))).join(" · ");
}

/**
 * For the note of a case that prints spreads. The printed ratio is taken pair by pair, so it may differ from that of
 * the two medians.
 */
export const spreadNote = "minimum · median · maximum of the repeats, ratios taken within each repeat";

/** Three significant digits, as a number. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
