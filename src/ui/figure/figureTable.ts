// What a panel draws, as rows: the text alternative on the page and the file that it downloads as CSV.
import { csvFormatRows } from "d3";

export interface FigureTable {
  /** What one row is, with layer, head and step where it depends on them. */
  readonly caption: string;
  /** Quantity and unit, e.g. "attention (share)". */
  readonly columns: readonly string[];
  /** As many cells as columns. Numbers in full precision; null = there is no value. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** RFC 4180 with a header line; the caption is not part of it. */
export function figureCsv({ columns, rows }: FigureTable): string {
  return `${csvFormatRows([[...columns], ...rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))))])}\n`;
}
