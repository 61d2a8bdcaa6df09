// The map: one strip per layer and KV head. A click or the arrow keys choose the head that the score panel looks at.
import { memo, useCallback, useMemo, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { Canvas } from "../../ui/Canvas";
import { Panel, type Provenance } from "../../ui/Panel";
import { SequentialLegend } from "../../ui/SequentialLegend";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/themeColours";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { focusLabel, movedFocus, type Focus } from "../focus";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { drawCell } from "./drawCell";
import { cellSummary, mapGeometry, mapMarks, mapQuantities, type MapGeometry, type MapQuantity } from "./layout";

interface MapPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  /** Positions that the x axis spans: the text's length, or what it is expected to become. */
  readonly positionCount: number;
  readonly focus: Focus;
  readonly quantity: MapQuantity;
  readonly theme: Theme;
  readonly provenance: Provenance;
  readonly onFocus: (focus: Focus) => void;
  readonly onQuantity: (quantity: MapQuantity) => void;
}

const LABEL_WIDTH = 30;
const GAP = 8;

const quantityLabels: Readonly<Record<MapQuantity, string>> = {
  attention: "attention now",
  score: "score at last event",
  none: "held or not",
};

export const MapPanel = memo(function MapPanel(props: MapPanelProps) {
  const { trace, step, focus, theme, positionCount, onFocus } = props;
  const { layerCount, kvHeadCount } = trace.header.model;
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 640, height: 0 });
  const columnWidth = Math.max(64, Math.floor((width - LABEL_WIDTH - GAP * kvHeadCount) / kvHeadCount) - 2);
  const geometry = useMemo(
    () => mapGeometry(layerCount, columnWidth, positionCount),
    [layerCount, columnWidth, positionCount],
  );
  const available = mapQuantities(trace, step);
  const quantity = available.includes(props.quantity) ? props.quantity : "none";

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
      subtitle="what each head holds"
      provenance={[props.provenance]}
      controls={<QuantityChoice value={props.quantity} onChange={props.onQuantity} />}
    >
      <div ref={frame} className="map-frame">
        <div
          ref={grid}
          className="map-grid"
          role="group"
          aria-label="Layers and KV heads; arrow keys move the focus"
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
              <Cell
                key={`${layer}.${kvHead}`}
                trace={trace}
                step={step}
                layer={layer}
                kvHead={kvHead}
                quantity={quantity}
                geometry={geometry}
                theme={theme}
                isFocused={focus.layer === layer && focus.kvHead === kvHead}
                lit={selectedPosition(props)}
                onFocus={onFocus}
                onHover={props.onHover}
              />
            )),
          ])}
          <span />
          {columns.map((kvHead) => (
            <PositionAxis key={kvHead} geometry={geometry} />
          ))}
        </div>
      </div>
      <MapLegend quantity={quantity} theme={theme} />
    </Panel>
  );
});

const arrowMoves: Readonly<Partial<Record<string, Focus>>> = {
  ArrowLeft: { layer: 0, kvHead: -1 },
  ArrowRight: { layer: 0, kvHead: 1 },
  ArrowUp: { layer: -1, kvHead: 0 },
  ArrowDown: { layer: 1, kvHead: 0 },
};

interface CellProps {
  readonly trace: Trace;
  readonly step: number;
  readonly layer: number;
  readonly kvHead: number;
  readonly quantity: MapQuantity;
  readonly geometry: MapGeometry;
  readonly theme: Theme;
  readonly isFocused: boolean;
  readonly lit: number | null;
  readonly onFocus: (focus: Focus) => void;
  readonly onHover: SelectionHandlers["onHover"];
}

const Cell = memo(function Cell(props: CellProps) {
  const { trace, step, layer, kvHead, quantity, geometry, theme, isFocused, lit, onFocus, onHover } = props;
  const head = layer * trace.header.model.kvHeadCount + kvHead;
  const marks = useMemo(() => mapMarks(trace, step, head, quantity), [trace, step, head, quantity]);
  const promptCount = trace.header.promptTokens.length;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const colour = (name: string): string => themeColour(name, theme);
      const paint = {
        theme,
        held: colour("--held"),
        evicted: colour("--evicted"),
        window: colour("--window"),
        promptEdge: colour("--line"),
      };
      drawCell(context, marks, geometry, { paint, promptCount });
    },
    [marks, geometry, theme, promptCount],
  );
  const hover = (event: PointerEvent<HTMLElement>): void => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - 1;
    const position = Math.floor(geometry.x.invert(at));
    const isThere = position >= 0 && position < promptCount + step;
    onHover(isThere ? position : null, { x: event.clientX, y: event.clientY });
  };
  const focus = { layer, kvHead };
  return (
    <button
      type="button"
      className="map-cell"
      data-cell={`${layer}.${kvHead}`}
      aria-pressed={isFocused}
      aria-label={`${focusLabel(focus)}: ${cellSummary(marks)}`}
      tabIndex={isFocused ? 0 : -1}
      onClick={() => onFocus(focus)}
      onPointerMove={hover}
      onPointerLeave={() => onHover(null)}
    >
      <Canvas width={geometry.cellWidth} height={geometry.cellHeight} draw={draw} />
      {lit !== null && (
        <span
          className="map-lit"
          style={{ left: geometry.x(lit), width: Math.max(2, geometry.x(1) - geometry.x(0)) }}
          aria-hidden="true"
        />
      )}
    </button>
  );
});

function PositionAxis({ geometry }: { readonly geometry: MapGeometry }) {
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

interface QuantityChoiceProps {
  readonly value: MapQuantity;
  readonly onChange: (quantity: MapQuantity) => void;
}

function QuantityChoice({ value, onChange }: QuantityChoiceProps) {
  return (
    <label className="tool">
      <span>colour</span>
      <select value={value} onChange={(event) => onChange(event.target.value as MapQuantity)}>
        {(["attention", "score", "none"] as const).map((quantity) => (
          <option key={quantity} value={quantity}>
            {quantityLabels[quantity]}
          </option>
        ))}
      </select>
    </label>
  );
}

function MapLegend({ quantity, theme }: { readonly quantity: MapQuantity; readonly theme: Theme }) {
  return (
    <div className="legend">
      {quantity === "attention" && (
        <SequentialLegend label="newest query’s attention (√ scale)" low="0" high="1" theme={theme} />
      )}
      {quantity === "score" && (
        <SequentialLegend label="score Z at the last event" low="head’s lowest" high="highest" theme={theme} />
      )}
      <span className="legend-item">
        <svg width={8} height={14} aria-hidden="true">
          <rect className="fill-held" x={2} y={2} width={3} height={10} />
        </svg>
        {quantity === "none" ? "held" : "held, no value yet"}
      </span>
      <span className="legend-item">
        <svg width={20} height={14} aria-hidden="true">
          <rect className="fill-window" y={6} width={20} height={3} />
        </svg>
        window
      </span>
      <span className="legend-item">
        <svg width={8} height={14} aria-hidden="true">
          <rect className="fill-evicted" x={2} y={7} width={3} height={7} />
          <line className="stroke-line" x2={8} y1={5} y2={5} />
        </svg>
        leaves now
      </span>
      <span className="legend-item">position in the text →</span>
    </div>
  );
}
