// The labels and axes of the map, and a button for each layer and KV head, which the pointer and the arrow keys reach.
// They do not depend on the step, so the clock leaves them alone.
import { Fragment, memo } from "react";
import type { HeadGrid } from "../../cache/headRows";
import { focusLabel, type Focus } from "../focus";
import { BORDER, placeTicks, type MapGeometry } from "./geometry";

interface MapCellsProps {
  readonly model: HeadGrid;
  readonly focus: Focus;
  readonly geometry: MapGeometry;
}

export const MapCells = memo(function MapCells({ model, focus, geometry }: MapCellsProps) {
  const { zoomedLayer, cellWidth, cellHeight } = geometry;
  const kvHeads = Array.from({ length: model.kvHeadCount }, (_, kvHead) => kvHead);
  const layers = Array.from({ length: model.layerCount }, (_, layer) => layer);
  const rows =
    zoomedLayer === null
      ? layers.map((layer) => ({ label: `L${layer}`, cells: kvHeads.map((kvHead) => ({ layer, kvHead })) }))
      : kvHeads.map((kvHead) => ({ label: `KV ${kvHead}`, cells: [{ layer: zoomedLayer, kvHead }] }));
  const columns =
    zoomedLayer === null ? kvHeads.map((kvHead) => columnLabel(kvHead, cellWidth)) : [`layer ${zoomedLayer}`];
  return (
    <>
      <span />
      {columns.map((label) => (
        <span key={label} className="map-column-label">
          {label}
        </span>
      ))}
      {rows.map(({ label, cells }) => (
        <Fragment key={label}>
          <span className="map-row-label">{label}</span>
          {cells.map(({ layer, kvHead }) => (
            <MapCell
              key={kvHead}
              layer={layer}
              kvHead={kvHead}
              isFocused={focus.layer === layer && focus.kvHead === kvHead}
              height={cellHeight + 2 * BORDER}
            />
          ))}
        </Fragment>
      ))}
    </>
  );
});

/** As long as fits over the column. */
function columnLabel(kvHead: number, cellWidth: number): string {
  return cellWidth >= 62 ? `KV head ${kvHead}` : cellWidth >= 34 ? `KV ${kvHead}` : String(kvHead);
}

interface MapCellProps extends Focus {
  readonly isFocused: boolean;
  readonly height: number;
}

const MapCell = memo(function MapCell({ layer, kvHead, isFocused, height }: MapCellProps) {
  return (
    <button
      type="button"
      className="map-cell"
      data-cell={cellName({ layer, kvHead })}
      aria-pressed={isFocused}
      aria-label={focusLabel({ layer, kvHead })}
      tabIndex={isFocused ? 0 : -1}
      style={{ height }}
    />
  );
});

/** The axis under a column of strips: positions in the text, or slots. */
export const PlaceAxis = memo(function PlaceAxis({ geometry }: { readonly geometry: MapGeometry }) {
  const { cellWidth, x } = geometry;
  return (
    <svg className="axis" width={cellWidth + 2} height={16} aria-hidden="true">
      {placeTicks(geometry).map((tick) => (
        <g key={tick} transform={`translate(${x(tick) + 1},0)`}>
          <line y2={3} />
          <text y={13} textAnchor={tick === 0 ? "start" : x(tick) > cellWidth - 12 ? "end" : "middle"}>
            {tick}
          </text>
        </g>
      ))}
    </svg>
  );
});

/** How a cell is found on the page. */
export function cellName({ layer, kvHead }: Focus): string {
  return `${layer}.${kvHead}`;
}

/** The cell that an element of the map stands in, null between cells. */
export function cellAround(target: EventTarget): { readonly cell: Focus; readonly element: HTMLElement } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null;
  if (element?.dataset.cell === undefined) return null;
  const [layer, kvHead] = element.dataset.cell.split(".").map(Number);
  return { cell: { layer, kvHead }, element };
}
