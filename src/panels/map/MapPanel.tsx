// The map: one strip per layer and KV head, and their union. A click or the arrow keys choose the focused head.
import { memo, useContext, useMemo, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { headRow } from "../../cache/headRows";
import type { PanelProps } from "../definePanel";
import { pointIn } from "../../ui/pointIn";
import { Panel, PanelFrameContext } from "../../ui/Panel";
import { LOW_WINDOW, useMedia } from "../../ui/useMedia";
import { useElementSize } from "../../ui/useElementSize";
import { hasMerges } from "../../trace/carried";
import { selectsReads } from "../../trace/reading";
import { watchedHeadCount } from "../../trace/recorded";
import { cacheSeenByStep } from "../../trace/replay";
import { focusByKey, focusHead } from "../focus";
import { selectedPosition } from "../selection";
import { FindHeads } from "../heads/FindHeads";
import { isManyHeads } from "../heads/manyHeads";
import { BORDER, isDense, LABEL_WIDTH, mapGeometry, stripsSize } from "./geometry";
import { headsFigures } from "./heads";
import { cellSummary, heldCounts, mapQuantities, mapTable, type MapView } from "./layout";
import { cellAround, cellName, MapCells, PlaceAxis } from "./MapCells";
import { decidedHeads } from "../../trace/layerWindows";
import { MapControls, MapLegend } from "./MapLegend";
import { hasRoomForNumbers, MapStrips, UnionStrip, unionSentence } from "./MapStrips";
import "./map.css";

type MapPanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onFocus"
  | "onPin"
  | "axisStepCount"
  | "theme"
  | "provenance",
  MapView
>;

/** Strips give up height in a low window, and take it at full size. */
const LOW_SCALE = 0.7;
const FULL_SCALE = 1.9;

export const MapPanel = memo(function MapPanel(props: MapPanelProps) {
  const { heading, trace, step, focus, pinned, theme, onFocus, onHover, onPin, onView } = props;
  const { model, memory, promptTokens } = trace.header;
  const isMany = isManyHeads(model);
  const positionCount = promptTokens.length + props.axisStepCount;
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 640, height: 0 });
  const zoomedLayer = isMany && props.view.layers === "focus" ? focus.layer : null;
  const placeCount = props.view.axis === "position" ? positionCount : memory.slotCapacity;
  const isLow = useMedia(LOW_WINDOW);
  const isFull = useContext(PanelFrameContext)?.maximised === heading.name;
  const scale = isFull ? FULL_SCALE : isLow ? LOW_SCALE : 1;
  const geometry = useMemo(
    () => mapGeometry({ model, zoomedLayer, width, placeCount, scale }),
    [model, zoomedLayer, width, placeCount, scale],
  );
  const { quantity, axis, layers } = props.view;
  const isAvailable = mapQuantities(trace, step).includes(quantity);
  const view = useMemo(
    (): MapView => ({ axis, layers, quantity: isAvailable ? quantity : "none" }),
    [axis, layers, quantity, isAvailable],
  );
  const figures = useMemo(() => headsFigures(trace, step), [trace, step]);

  const { cellHeight, columnGap, rowGap, columnCount, rowCount } = geometry;

  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const next = focusByKey(event, model, focus, zoomedLayer !== null);
    if (next === null) return;
    onFocus(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${cellName(next)}"]`)?.focus();
  };
  const hover = (event: PointerEvent): void => {
    const under = cellAround(event.target);
    if (under === null) {
      onHover(null);
      return;
    }
    const place = Math.floor(geometry.x.invert(pointIn(under.element, event).x - BORDER));
    const slots = headRow(cacheSeenByStep(trace, step), focusHead(model, under.cell));
    const position = axis === "position" ? place : (slots[place] ?? -1);
    const isThere = position >= 0 && position < promptTokens.length + step;
    onHover(isThere ? position : null, { x: event.clientX, y: event.clientY });
  };
  const choose = (event: MouseEvent): void => {
    const under = cellAround(event.target);
    if (under !== null) onFocus(under.cell);
  };

  return (
    <Panel
      {...heading}
      provenance={[props.provenance]}
      controls={<MapControls view={props.view} merges={hasMerges(trace)} isZoomable={isMany} onView={onView} />}
      table={() => mapTable(trace, step, focusHead(model, focus))}
    >
      {isMany && <FindHeads {...{ trace, step, pinned, focus, onFocus, onPin }} />}
      <div ref={frame} className="map-frame">
        <div
          ref={grid}
          className={isDense(geometry) ? "map-grid map-grid-dense" : "map-grid"}
          role="group"
          aria-label="Layers and KV heads; arrow keys move the focus"
          aria-description={cellSummary(trace, step, focusHead(model, focus))}
          style={{
            gridTemplateColumns: `${LABEL_WIDTH}px repeat(${columnCount}, ${geometry.cellWidth + 2 * BORDER}px)`,
            // The labels must not stretch the rows: the canvas of all strips counts on their height.
            gridTemplateRows: `auto repeat(${rowCount}, ${cellHeight + 2 * BORDER}px)`,
            columnGap,
            rowGap,
          }}
          onKeyDown={move}
          onClick={choose}
          onPointerMove={hover}
          onPointerLeave={() => onHover(null)}
        >
          <MapCells {...{ model, focus, geometry }} />
          <MapStrips {...{ trace, step, focus, view, geometry, theme }} lit={selectedPosition(props)} found={pinned} />
          <span />
          {Array.from({ length: columnCount }, (_, column) => (
            <PlaceAxis key={column} geometry={geometry} />
          ))}
          <span className="map-row-label">all</span>
          <UnionStrip
            figures={figures}
            width={stripsSize(geometry).width}
            positionCount={positionCount}
            theme={theme}
          />
        </div>
      </div>
      <p className="map-union-note">{unionSentence(figures)}</p>
      <MapLegend
        {...{ view, theme }}
        hasNumbers={hasRoomForNumbers(geometry)}
        isUneven={heldCounts(trace, step) !== null}
        evicts={trace.header.policyId !== "fullCache"}
        recordedCount={watchedHeadCount(trace, step)}
        merges={hasMerges(trace)}
        decidedHeads={decidedHeads(trace.header)}
        selects={selectsReads(trace)}
      />
    </Panel>
  );
});
