// The map: one strip per layer and KV head, and their union. A click or the arrow keys choose the focused head.
import { memo, useMemo, useRef, type KeyboardEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { focusHead, movedFocus, type Focus } from "../focus";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { headsFigures } from "./heads";
import { cellSummary, mapGeometry, mapMarks, mapQuantities, type MapGeometry, type MapView } from "./layout";
import { MapCell } from "./MapCell";
import { MapControls } from "./MapControls";
import { MapLegend } from "./MapLegend";
import { mapTable } from "./mapTable";
import { UnionStrip, unionSentence } from "./UnionStrip";

interface MapPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  /** Positions that the x axis spans: the text's length, or what it is expected to become. */
  readonly positionCount: number;
  readonly focus: Focus;
  readonly view: MapView;
  readonly theme: Theme;
  readonly provenance: Provenance;
  readonly onFocus: (focus: Focus) => void;
  readonly onView: (view: MapView) => void;
}

const LABEL_WIDTH = 30;
const GAP = 8;

const explanation = {
  text:
    "Each strip is the cache of one layer and KV head: a mark stands where it holds a token, as high as its value. " +
    "The heads choose for themselves, so the strip of all heads shows what memory one could give back token by token.",
  formula: "agreement of two heads = |A ∩ B| / |A|; by chance: slots / tokens written",
};

export const MapPanel = memo(function MapPanel(props: MapPanelProps) {
  const { trace, step, focus, theme, positionCount, onFocus, onView } = props;
  const { layerCount, kvHeadCount } = trace.header.model;
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 640, height: 0 });
  const columnWidth = Math.max(64, Math.floor((width - LABEL_WIDTH - GAP * kvHeadCount) / kvHeadCount) - 2);
  const placeCount = props.view.axis === "position" ? positionCount : trace.header.memory.slotCapacity;
  const geometry = useMemo(
    () => mapGeometry(layerCount, columnWidth, placeCount),
    [layerCount, columnWidth, placeCount],
  );
  const available = mapQuantities(trace, step);
  const view = available.includes(props.view.quantity) ? props.view : { ...props.view, quantity: "none" as const };
  const figures = useMemo(() => headsFigures(trace, step), [trace, step]);

  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by = arrowMoves[event.key];
    if (by === undefined || event.shiftKey) return;
    // The arrows move the focus here; elsewhere they step through time.
    event.preventDefault();
    event.stopPropagation();
    const next = movedFocus(trace.header.model, focus, by);
    onFocus(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.layer}.${next.kvHead}"]`)?.focus();
  };
  const lines = Array.from({ length: layerCount }, (_, layer) => layer);
  const columns = Array.from({ length: kvHeadCount }, (_, kvHead) => kvHead);

  return (
    <Panel
      name="map"
      title="Cache map"
      provenance={[props.provenance]}
      controls={<MapControls view={props.view} onView={onView} />}
      explanation={explanation}
      table={() => mapTable(trace, step)}
    >
      <div ref={frame} className="map-frame">
        <div
          ref={grid}
          className="map-grid"
          role="group"
          aria-label="Layers and KV heads; arrow keys move the focus"
          aria-description={cellSummary(mapMarks(trace, step, focusHead(trace.header.model, focus), noQuantity))}
          style={{
            gridTemplateColumns: `${LABEL_WIDTH}px repeat(${kvHeadCount}, ${columnWidth + 2}px)`,
            columnGap: GAP,
          }}
          onKeyDown={move}
        >
          <span />
          {columns.map((kvHead) => (
            <span key={kvHead} className="map-column-label">
              KV head {kvHead}
            </span>
          ))}
          {lines.map((layer) => [
            <span key={`layer${layer}`} className="map-row-label">
              L{layer}
            </span>,
            ...columns.map((kvHead) => (
              <MapCell
                key={`${layer}.${kvHead}`}
                trace={trace}
                step={step}
                layer={layer}
                kvHead={kvHead}
                focus={focus}
                view={view}
                geometry={geometry}
                theme={theme}
                lit={selectedPosition(props)}
                onFocus={onFocus}
                onHover={props.onHover}
              />
            )),
          ])}
          <span />
          {columns.map((kvHead) => (
            <PlaceAxis key={kvHead} geometry={geometry} />
          ))}
          <span className="map-row-label">all</span>
          <UnionStrip
            figures={figures}
            width={kvHeadCount * (columnWidth + 2) + GAP * (kvHeadCount - 1)}
            positionCount={positionCount}
            theme={theme}
          />
        </div>
      </div>
      <p className="map-union-note">{unionSentence(figures)}</p>
      <MapLegend view={view} theme={theme} />
    </Panel>
  );
});

const noQuantity = { quantity: "none", focusHead: 0 } as const;

const arrowMoves: Readonly<Partial<Record<string, Focus>>> = {
  ArrowLeft: { layer: 0, kvHead: -1 },
  ArrowRight: { layer: 0, kvHead: 1 },
  ArrowUp: { layer: -1, kvHead: 0 },
  ArrowDown: { layer: 1, kvHead: 0 },
};

function PlaceAxis({ geometry }: { readonly geometry: MapGeometry }) {
  const { cellWidth, x } = geometry;
  return (
    <svg className="axis" width={cellWidth + 2} height={16} aria-hidden="true">
      {x.ticks(Math.max(2, Math.floor(cellWidth / 60))).map((tick) => (
        <g key={tick} transform={`translate(${x(tick) + 1},0)`}>
          <line y2={3} />
          <text y={13} textAnchor={tick === 0 ? "start" : x(tick) > cellWidth - 12 ? "end" : "middle"}>
            {tick}
          </text>
        </g>
      ))}
    </svg>
  );
}
