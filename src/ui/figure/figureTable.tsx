// A panel's figure as rows: the text alternative on the page, and the CSV file.

import { csvFormatRows } from "d3";
import { useState } from "react";
import { writtenNumber } from "../numbers";

export interface FigureTable {
  /** What one row is, with layer, head and step if it depends on them. */
  readonly caption: string;
  /** Quantity and unit, e.g. "attention (share)". */
  readonly columns: readonly string[];
  /** As many cells as columns. Numbers in full precision; null = no value. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The row that a page with room for some shows first: of many heads, the one in focus. */
  readonly firstRow?: number;
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
const PAGE_ROWS = 400;

export function FigureTableView({ table }: { readonly table: FigureTable }) {
  const rowCount = table.rows.length;
  const begin = table.firstRow ?? 0;
  // Where the user went, from where the table would begin; a table that begins elsewhere starts again.
  const [turned, setTurned] = useState({ begin, rows: 0 });
  const wanted = begin + (turned.begin === begin ? turned.rows : 0);
  const first = Math.max(0, Math.min(wanted, rowCount - PAGE_ROWS));
  const rows = table.rows.slice(first, first + PAGE_ROWS);
  const turn = (by: number): void => setTurned({ begin, rows: Math.max(0, first + by) - begin });
  return (
    <div className="figure-table" role="region" aria-label={table.caption} tabIndex={0}>
      {rows.length < rowCount && (
        <p className="figure-table-pages">
          Rows {first + 1} to {first + rows.length} of {rowCount}; the CSV has all.{" "}
          <button type="button" disabled={first === 0} onClick={() => turn(-PAGE_ROWS)}>
            Earlier rows
          </button>{" "}
          <button type="button" disabled={first + rows.length === rowCount} onClick={() => turn(PAGE_ROWS)}>
            Later rows
          </button>
        </p>
      )}
      <table>
        <caption>{table.caption}</caption>
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
            <tr key={first + place}>
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
