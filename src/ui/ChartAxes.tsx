// Axes of a small chart with titles, and the names of its lines at their right ends.
import type { ChartFrame, LineLabel } from "./chart";

interface ChartAxesProps extends Omit<ChartFrame, "size"> {
  /** Quantity and unit. */
  readonly xTitle: string;
  readonly yTitle: string;
}

export function ChartAxes({ plot, xTicks, yTicks, xTitle, yTitle }: ChartAxesProps) {
  return (
    <g className="axis" aria-hidden="true">
      {yTicks.map(({ at, label }) => (
        <g key={at}>
          <line className="grid-line" x1={plot.left} x2={plot.right} y1={at} y2={at} />
          <text x={plot.left - 5} y={at + 4} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      <line x1={plot.left} x2={plot.right} y1={plot.bottom} y2={plot.bottom} />
      {xTicks.map(({ at, label }) => (
        <g key={at}>
          <line x1={at} x2={at} y1={plot.bottom} y2={plot.bottom + 3} />
          <text x={at} y={plot.bottom + 15} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
      <text className="axis-title" x={(plot.left + plot.right) / 2} y={plot.bottom + 30} textAnchor="middle">
        {xTitle}
      </text>
      <text
        className="axis-title"
        transform={`translate(9,${(plot.top + plot.bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {yTitle}
      </text>
    </g>
  );
}

export function LineLabels({ labels, right }: { readonly labels: readonly LineLabel[]; readonly right: number }) {
  return labels.map(({ text, lineY, labelY }) => (
    <g key={text} className="line-label" aria-hidden="true">
      <path d={`M${right + 1},${lineY}L${right + 8},${labelY}`} />
      <text x={right + 10} y={labelY + 4}>
        {text}
      </text>
    </g>
  ));
}
