// What a panel draws, as a table to read: in place of the picture.
import { writtenNumber } from "../numbers";
import type { FigureTable } from "./figureTable";

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
