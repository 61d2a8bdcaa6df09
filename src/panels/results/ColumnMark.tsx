// How a policy is drawn: the colour says what kind it is, mark and dash say which one of its kind.
import type { Column } from "./tableView";

/** Around 0,0, about 8 px wide. [place within the kind] */
const markPaths = [
  "M-3.6,0a3.6,3.6 0 1 0 7.2,0a3.6,3.6 0 1 0 -7.2,0z",
  "M-3.3,-3.3h6.6v6.6h-6.6z",
  "M0,-4.3L4.2,3.2H-4.2z",
  "M0,-4.8L4.4,0L0,4.8L-4.4,0z",
  "M0,4.3L4.2,-3.2H-4.2z",
];
const dashes = [undefined, "7 3", "2 3", "9 3 2 3", "4 4"];

export function columnClass({ kind }: Pick<Column, "kind">): string {
  return `column-${kind}`;
}

export function columnDash({ place }: Pick<Column, "place">): string | undefined {
  return dashes[place % dashes.length];
}

export function ColumnMark({ column, x, y }: { readonly column: Column; readonly x: number; readonly y: number }) {
  return (
    <path
      className="column-mark"
      d={markPaths[column.place % markPaths.length]}
      transform={`translate(${x.toFixed(1)},${y.toFixed(1)})`}
    />
  );
}

/** A short piece of its line with its mark, for legends. */
export function ColumnSwatch({ column }: { readonly column: Column }) {
  return (
    <svg className={columnClass(column)} width={30} height={12} viewBox="0 0 30 12" aria-hidden="true">
      <path className="column-line" d="M1,6H29" strokeDasharray={columnDash(column)} />
      <ColumnMark column={column} x={15} y={6} />
    </svg>
  );
}
