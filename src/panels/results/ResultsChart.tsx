// The chart of one family, and its legend of policies by kind. The pointer finds the nearest mark; the keyboard uses the
// table of figures below. Colour shows a policy's kind, mark and dash which one of that kind.

import type { MouseEvent } from "react";
import { memo, useMemo } from "react";
import type { TableCell } from "../../state/storedResults";
import { useElementSize } from "../../ui/useElementSize";
import type { ChartLayout, ChartLine } from "./layout";
import { chartLayout, markAt } from "./layout";
import type { Column, FamilyCells, Measure } from "./tableView";
import { columnKindLabels, columnsByKind } from "./tableView";

interface ResultsChartProps extends FamilyCells {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly measure: Measure;
  readonly litColumn: string | null;
  readonly pickedCell: TableCell | null;
  readonly onHover: (cell: TableCell | null) => void;
  readonly onPick: (cell: TableCell) => void;
}

export function ResultsChart(props: ResultsChartProps) {
  const { full, cells, columns, measure, litColumn, pickedCell, onHover, onPick } = props;
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 560, height: 260 });
  const layout = useMemo(
    () => chartLayout({ full, cells, columns, measure }, size),
    [full, cells, columns, measure, size],
  );
  const cellUnder = (pointer: MouseEvent<SVGSVGElement>): TableCell | null => {
    const { left, top } = pointer.currentTarget.getBoundingClientRect();
    return markAt(layout, pointer.clientX - left, pointer.clientY - top)?.cell ?? null;
  };
  // Those that lead are drawn above the others, the highlighted line above all.
  const rank = (line: ChartLine): number => (isLit(line) ? 2 : Number(line.isLeading));
  const lines = [...layout.lines].sort((left, right) => rank(left) - rank(right));
  function isLit(line: ChartLine): boolean {
    return line.column.id === litColumn;
  }
  return (
    <div ref={frame} className="results-frame">
      <svg
        className="results-chart"
        role="img"
        aria-label={props.label}
        width={size.width}
        height={size.height}
        viewBox={`0 0 ${size.width} ${size.height}`}
        onPointerMove={(pointer) => onHover(cellUnder(pointer))}
        onPointerLeave={() => onHover(null)}
        onClick={(pointer) => {
          const cell = cellUnder(pointer);
          if (cell !== null) onPick(cell);
        }}
      >
        <Axes layout={layout} measure={measure} />
        <path className="results-front" d={layout.front} aria-hidden="true" />
        {lines.map((line) => (
          <Line
            key={line.column.id}
            line={line}
            isDimmed={litColumn === null ? layout.isCrowded && !line.isLeading : !isLit(line)}
          />
        ))}
        <PickedRing layout={layout} cell={pickedCell} />
      </svg>
    </div>
  );
}

const Axes = memo(function Axes({ layout, measure }: { readonly layout: ChartLayout; readonly measure: Measure }) {
  const { plot, full, size } = layout;
  return (
    <g aria-hidden="true">
      {layout.yTicks.map(({ y, label }) => (
        <g key={label} className="axis">
          <line className="grid-line" x1={plot.left} x2={plot.right} y1={y} y2={y} />
          <text x={plot.left - 6} y={y + 3.5} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      <text
        className="axis-title"
        transform={`translate(11,${(plot.top + plot.bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {measure === "right" ? "answer right, %" : "word for word, %"}
      </text>
      {layout.xTicks.map(({ x, share, size: written }) => (
        <g key={share} className="axis">
          <line x1={x} x2={x} y1={plot.bottom} y2={plot.bottom + 4} />
          <text x={x} y={plot.bottom + 16} textAnchor="middle">
            {share}
          </text>
          <text x={x} y={plot.bottom + 29} textAnchor="middle">
            {written}
          </text>
        </g>
      ))}
      <text className="axis-title" x={(plot.left + plot.right) / 2} y={size.height - 4} textAnchor="middle">
        {layout.xTitle}
      </text>
      {full !== null && (
        <>
          <rect
            className="full-band"
            x={plot.left}
            width={Math.max(0, plot.right - plot.left)}
            y={full.highY}
            height={full.lowY - full.highY}
          />
          <line className="full-level" x1={plot.left} x2={plot.right} y1={full.y} y2={full.y} />
        </>
      )}
    </g>
  );
});

const Line = memo(function Line({ line, isDimmed }: { readonly line: ChartLine; readonly isDimmed: boolean }) {
  const { column, marks, path } = line;
  return (
    <g
      className={`${columnClass(column)}${isDimmed ? " column-dimmed" : ""}`}
      data-column={column.id}
      aria-hidden="true"
    >
      <path className="column-line" d={path} strokeDasharray={columnDash(column)} />
      {!isDimmed &&
        marks.map(({ x, lowY, highY }) => <path key={x} className="column-error" d={`M${x},${lowY}V${highY}`} />)}
      {marks.map(({ x, y }) => (
        <ColumnMark key={x} column={column} x={x} y={y} />
      ))}
    </g>
  );
});

function PickedRing({ layout, cell }: { readonly layout: ChartLayout; readonly cell: TableCell | null }) {
  const mark = layout.lines.flatMap(({ marks }) => marks).find((candidate) => candidate.cell === cell);
  return mark === undefined ? null : (
    <circle className="picked-ring" cx={mark.x} cy={mark.y} r={8} aria-hidden="true" />
  );
}

/** Around 0,0, about 8 px wide. [place within the kind] */
const markPaths = [
  "M-3.6,0a3.6,3.6 0 1 0 7.2,0a3.6,3.6 0 1 0 -7.2,0z",
  "M-3.3,-3.3h6.6v6.6h-6.6z",
  "M0,-4.3L4.2,3.2H-4.2z",
  "M0,-4.8L4.4,0L0,4.8L-4.4,0z",
  "M0,4.3L4.2,-3.2H-4.2z",
];
const dashes = [undefined, "7 3", "2 3", "9 3 2 3", "4 4"];

function columnClass({ kind }: Pick<Column, "kind">): string {
  return `column-${kind}`;
}

/** With the mark, 25 pairs of which no two are alike. */
function columnDash({ place }: Pick<Column, "place">): string | undefined {
  return dashes[(place + Math.floor(place / markPaths.length)) % dashes.length];
}

function ColumnMark({ column, x, y }: { readonly column: Column; readonly x: number; readonly y: number }) {
  return (
    <path
      className="column-mark"
      d={markPaths[column.place % markPaths.length]}
      transform={`translate(${x.toFixed(1)},${y.toFixed(1)})`}
    />
  );
}

/** A short piece of the line with its mark, for legends. */
function ColumnSwatch({ column }: { readonly column: Column }) {
  return (
    <svg className={columnClass(column)} width={30} height={12} viewBox="0 0 30 12" aria-hidden="true">
      <path className="column-line" d="M1,6H29" strokeDasharray={columnDash(column)} />
      <ColumnMark column={column} x={15} y={6} />
    </svg>
  );
}

/** Pointing at a policy, or focusing it, highlights its lines; pressing keeps them highlighted. */
interface ColumnLegendProps {
  readonly columns: readonly Column[];
  readonly pinnedColumn: string | null;
  readonly onHover: (columnId: string | null) => void;
  readonly onPin: (columnId: string | null) => void;
}

export function ColumnLegend({ columns, pinnedColumn, onHover, onPin }: ColumnLegendProps) {
  return (
    <div className="column-legend">
      {columnsByKind(columns).map(({ kind, columns: ofKind }) => (
        <div key={kind} className="column-kind" role="group" aria-label={columnKindLabels[kind]}>
          <span className="column-kind-label" aria-hidden="true">
            {columnKindLabels[kind]}
          </span>
          <div className="column-keys">
            {ofKind.map((column) => (
              <button
                key={column.id}
                type="button"
                className="column-key"
                aria-pressed={column.id === pinnedColumn}
                onPointerEnter={() => onHover(column.id)}
                onPointerLeave={() => onHover(null)}
                onFocus={() => onHover(column.id)}
                onBlur={() => onHover(null)}
                onClick={() => onPin(column.id === pinnedColumn ? null : column.id)}
              >
                <ColumnSwatch column={column} />
                {column.label}
              </button>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
