// The map: one strip per layer and KV head, and their union. A click or the arrow keys choose the focused head.
import { headRow } from "../../cache/headRows";
import { memo, useMemo, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import { cacheSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { focusHead, type Focus } from "../focus";
import { focusByKey } from "../focusKeys";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { BORDER, COLUMN_GAP, columnWidth, LABEL_WIDTH, mapGeometry, stripsSize } from "./geometry";
import { headsFigures } from "./heads";
import { cellSummary, mapQuantities, type MapView } from "./layout";
import { cellAround, cellName, MapCells } from "./MapCells";
import { MapControls } from "./MapControls";
import { MapLegend } from "./MapLegend";
import { MapStrips } from "./MapStrips";
import { mapTable } from "./mapTable";
import { PlaceAxis } from "./PlaceAxis";
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

const explanation = {
  text:
    "Each strip is the cache of one layer and KV head: a mark stands where it holds a token, as high as its value. " +
    "The heads choose for themselves, so the strip of all heads shows what memory one could give back token by token.",
  formula: "agreement of two heads = |A ∩ B| / |A|; by chance: slots / tokens written",
};

export const MapPanel = memo(function MapPanel(props: MapPanelProps) {
  const { trace, step, focus, theme, positionCount, onFocus, onHover, onView } = props;
  const { model, memory, promptTokens } = trace.header;
  const { layerCount, kvHeadCount } = model;
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 640, height: 0 });
  const cellWidth = columnWidth(width, kvHeadCount);
  const placeCount = props.view.axis === "position" ? positionCount : memory.slotCapacity;
  const geometry = useMemo(() => mapGeometry(layerCount, cellWidth, placeCount), [layerCount, cellWidth, placeCount]);
  const { quantity, axis } = props.view;
  const isAvailable = mapQuantities(trace, step).includes(quantity);
  const view = useMemo(
    (): MapView => ({ axis, quantity: isAvailable ? quantity : "none" }),
    [axis, quantity, isAvailable],
  );
  const figures = useMemo(() => headsFigures(trace, step), [trace, step]);

  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const next = focusByKey(event, model, focus);
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
    const place = Math.floor(geometry.x.invert(event.clientX - under.element.getBoundingClientRect().left - BORDER));
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
          aria-description={cellSummary(trace, step, focusHead(model, focus))}
          style={{
            gridTemplateColumns: `${LABEL_WIDTH}px repeat(${kvHeadCount}, ${cellWidth + 2 * BORDER}px)`,
            columnGap: COLUMN_GAP,
            rowGap: geometry.rowGap,
          }}
          onKeyDown={move}
          onClick={choose}
          onPointerMove={hover}
          onPointerLeave={() => onHover(null)}
        >
          <MapCells {...{ layerCount, kvHeadCount, focus, geometry }} />
          <MapStrips {...{ trace, step, focus, view, geometry, theme }} lit={selectedPosition(props)} />
          <span />
          {Array.from({ length: kvHeadCount }, (_, kvHead) => (
            <PlaceAxis key={kvHead} geometry={geometry} />
          ))}
          <span className="map-row-label">all</span>
          <UnionStrip
            figures={figures}
            width={stripsSize(geometry, model).width}
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
