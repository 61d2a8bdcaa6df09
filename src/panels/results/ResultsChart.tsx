// One family's chart. The pointer finds the nearest mark; the table of figures beneath is its way in for the keyboard.
import { memo, useMemo, type MouseEvent } from "react";
import type { TableCell } from "../../state/storedResults";
import { useElementSize } from "../../ui/useElementSize";
import { columnClass, columnDash, ColumnMark } from "./ColumnMark";
import { chartLayout, markAt, type ChartLayout, type ChartLine } from "./layout";
import type { Column, FamilyCells, Measure } from "./tableView";

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
  // What is lit is drawn last, above the others.
  const lines = [...layout.lines].sort((left, right) => Number(isLit(left)) - Number(isLit(right)));
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
        {lines.map((line) => (
          <Line key={line.column.id} line={line} isDimmed={litColumn !== null && !isLit(line)} />
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
      {layout.xTicks.map(({ x, share, slots }) => (
        <g key={share} className="axis">
          <line x1={x} x2={x} y1={plot.bottom} y2={plot.bottom + 4} />
          <text x={x} y={plot.bottom + 16} textAnchor="middle">
            {share}
          </text>
          <text x={x} y={plot.bottom + 29} textAnchor="middle">
            {slots}
          </text>
        </g>
      ))}
      <text className="axis-title" x={(plot.left + plot.right) / 2} y={size.height - 4} textAnchor="middle">
        budget: share of the mean length, slots per head
      </text>
      {full !== null && (
        <>
          <rect
            className="full-band"
            x={plot.left}
            width={plot.right - plot.left}
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
      {marks.map(({ x, lowY, highY }) => (
        <path key={x} className="column-error" d={`M${x},${lowY}V${highY}`} />
      ))}
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
