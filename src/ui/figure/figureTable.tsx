// A panel's figure as rows: the text alternative on the page, and the CSV file.

import { csvFormatRows } from "d3";
import { writtenNumber } from "../numbers";

export interface FigureTable {
  /** What one row is, with layer, head and step if it depends on them. */
  readonly caption: string;
  /** Quantity and unit, e.g. "attention (share)". */
  readonly columns: readonly string[];
  /** As many cells as columns. Numbers in full precision; null = no value. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What a figure belongs to. Its picture says it below; the rows of its file have it in columns of their own. */
export interface FigureAbout {
  readonly words: string;
  readonly columns: Readonly<Record<string, string | number | null>>;
}

/**
 * RFC 4180 with a header line; the caption is not part of it. What the figure belongs to stands in the last columns, so
 * that files of several runs can be put together. A column that the table has itself is not written twice.
 */
export function figureCsv({ columns, rows }: FigureTable, about: FigureAbout["columns"] = {}): string {
  const added = Object.entries(about).filter(([name]) => !columns.includes(name));
  const values = added.map(([, value]) => value);
  const lines = rows.map((row) => [...row, ...values].map((cell) => (cell === null ? "" : String(cell))));
  return `${csvFormatRows([[...columns, ...added.map(([name]) => name)], ...lines])}\n`;
}

/** More rows than this would take longer to lay out than to read; the CSV has them all. */
const MOST_ROWS = 400;

export function FigureTableView({ table }: { readonly table: FigureTable }) {
  const rows = table.rows.slice(0, MOST_ROWS);
  return (
    <div className="figure-table" role="region" aria-label={table.caption} tabIndex={0}>
      <table>
        <caption>
          {table.caption}
          {rows.length < table.rows.length && ` (first ${rows.length} of ${table.rows.length} rows; the CSV has all)`}
        </caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              {row.map((cell, column) => (
                <td key={column} className={typeof cell === "number" ? "number" : undefined}>
                  {typeof cell === "number" && !Number.isInteger(cell) ? writtenNumber(cell) : (cell ?? "–")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
