// One strip of the map: the cache of a layer and KV head on a canvas, itself a button that focuses that head.
import { memo, useCallback, useMemo, type PointerEvent } from "react";
import { Canvas } from "../../ui/Canvas";
import { writtenShare } from "../../ui/numbers";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/themeColours";
import { positionToSlot, cacheSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { focusHead, focusLabel, type Focus } from "../focus";
import type { SelectionHandlers } from "../selection";
import { drawCell } from "./drawCell";
import { agreementWith } from "./heads";
import { mapMarks, type MapGeometry, type MapView } from "./layout";

interface MapCellProps {
  readonly trace: Trace;
  readonly step: number;
  readonly layer: number;
  readonly kvHead: number;
  readonly focus: Focus;
  readonly view: MapView;
  readonly geometry: MapGeometry;
  readonly theme: Theme;
  /** Position pointed at or pinned. */
  readonly lit: number | null;
  readonly onFocus: (focus: Focus) => void;
  readonly onHover: SelectionHandlers["onHover"];
}

export const MapCell = memo(function MapCell(props: MapCellProps) {
  const { trace, step, layer, kvHead, focus, view, geometry, theme, lit, onFocus, onHover } = props;
  const own = { layer, kvHead };
  const [head, focused] = [focusHead(trace.header.model, own), focusHead(trace.header.model, focus)];
  const { quantity, axis } = view;
  // Only agreement depends on who is focused.
  const compared = quantity === "agreement" ? focused : 0;
  const marks = useMemo(
    () => mapMarks(trace, step, head, { quantity, focusHead: compared }),
    [trace, step, head, quantity, compared],
  );
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
      drawCell(context, marks, geometry, { paint, promptCount, axis });
    },
    [marks, geometry, theme, promptCount, axis],
  );
  const hover = (event: PointerEvent<HTMLElement>): void => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - 1;
    const place = Math.floor(geometry.x.invert(at));
    const position = axis === "position" ? place : (marks.positions[place] ?? -1);
    const isThere = position >= 0 && position < promptCount + step;
    onHover(isThere ? position : null, { x: event.clientX, y: event.clientY });
  };
  const litPlace = lit === null || axis === "position" ? lit : slotOf(trace, step, head, lit);
  const agreement = quantity === "agreement" ? agreementWith(trace, step, head, focused) : null;
  return (
    <button
      type="button"
      className="map-cell"
      data-cell={`${layer}.${kvHead}`}
      aria-pressed={head === focused}
      aria-label={focusLabel(own)}
      tabIndex={head === focused ? 0 : -1}
      onClick={() => onFocus(own)}
      onPointerMove={hover}
      onPointerLeave={() => onHover(null)}
    >
      <Canvas width={geometry.cellWidth} height={geometry.cellHeight} draw={draw} />
      {agreement !== null && <span className="map-agreement">{writtenShare(agreement)}</span>}
      {litPlace !== null && (
        <span
          className="map-lit"
          style={{ left: geometry.x(litPlace), width: Math.max(2, geometry.x(1) - geometry.x(0)) }}
          aria-hidden="true"
        />
      )}
    </button>
  );
});

function slotOf(trace: Trace, step: number, head: number, position: number): number | null {
  const slot = positionToSlot(cacheSeenByStep(trace, step), head, position);
  return slot < 0 ? null : slot;
}
