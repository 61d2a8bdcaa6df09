// Windows against windows in the focused layer: the share of the kept set that two of them agree on, as numbers.
import { lab } from "d3";
import { memo, useMemo } from "react";
import { writtenShare } from "../../ui/numbers";
import { sequentialColour, type Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import { matrixLayout, type MatrixCell, type MatrixLayout } from "./layout";
import type { LayerOverlap } from "./overlapWork";
import { retainedShares } from "./view";

interface OverlapMatrixProps {
  /** null while it is being computed. */
  readonly layer: LayerOverlap | null;
  readonly layerName: number;
  readonly place: number;
  readonly windowLabels: readonly string[];
  readonly theme: Theme;
}

export const OverlapMatrix = memo(function OverlapMatrix(props: OverlapMatrixProps) {
  const { layer, layerName, place, windowLabels, theme } = props;
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 280, height: 200 });
  const layout = useMemo(
    () => (layer === null || layer.candidateCount === 0 ? null : matrixLayout(layer, place, windowLabels, width)),
    [layer, place, windowLabels, width],
  );
  return (
    <figure ref={frame} className="overlap-chart">
      <figcaption>
        <strong>Window by window, L{layerName}</strong> agreement in % at ρ = {writtenShare(retainedShares[place])}
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">
          {layer === null ? "This layer is being computed." : "No head of this layer has a candidate left to compare."}
        </p>
      ) : (
        <svg width={layout.width} height={layout.height} role="img" aria-label={matrixSummary(layout)}>
          <Labels layout={layout} />
          {layout.cells.map((cell) => (
            <Cell key={`${cell.row}.${cell.column}`} cell={cell} size={layout.cellSize} theme={theme} />
          ))}
        </svg>
      )}
    </figure>
  );
});

function Labels({ layout }: { readonly layout: MatrixLayout }) {
  return (
    <g className="axis" aria-hidden="true">
      {layout.columns.map(({ x, name }) => (
        <text key={name} x={x} y={12} textAnchor="middle">
          {name}
        </text>
      ))}
      {layout.rows.map(({ y, name, steps }) => (
        <text key={name} x={88} y={y + 4} textAnchor="end">
          <tspan className="overlap-window">{name}</tspan> {steps}
        </text>
      ))}
    </g>
  );
}

interface CellProps {
  readonly cell: MatrixCell;
  readonly size: number;
  readonly theme: Theme;
}

/** A window agrees with itself by definition: its cell has no colour. */
function Cell({ cell, size, theme }: CellProps) {
  const { x, y, text, share, row, column } = cell;
  if (row === column)
    return <rect className="overlap-same" x={x + 0.5} y={y + 0.5} width={size - 1} height={size - 1} />;
  const colour = sequentialColour(share, theme);
  const isDark = lab(colour).l < 52;
  return (
    <>
      <rect x={x + 0.5} y={y + 0.5} width={size - 1} height={size - 1} fill={colour} />
      <text
        className={isDark === (theme === "dark") ? "overlap-cell overlap-cell-ink" : "overlap-cell overlap-cell-panel"}
        x={x + size / 2}
        y={y + size / 2 + 4}
        textAnchor="middle"
        aria-hidden="true"
      >
        {text}
      </text>
    </>
  );
}

function matrixSummary({ rows, cells }: MatrixLayout): string {
  const last = rows.length - 1;
  const shares = cells.filter(({ row, column }) => row === last && column < last);
  return `The last window agrees with ${shares.map(({ column, text }) => `${rows[column].name} by ${text} %`).join(", ")}.`;
}
