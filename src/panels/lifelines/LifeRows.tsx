// The scrolled rows: a canvas as high as the view sticks to it, and only the rows in view are drawn.
import { counted } from "../../lib/counted";
import { pointIn } from "../../ui/pointIn";
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Canvas } from "../../ui/Canvas";
import type { Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { headCountOf } from "../../cache/headRows";
import type { Selection, SelectionHandlers } from "../selection";
import { drawRows } from "./drawRows";
import { lifeGeometry, lifeLinks, lifeMarks, ROW_HEIGHT, visibleRows, type LifeGeometry } from "./layout";
import { lifeRow, lifeSentence } from "./rows";

interface LifeRowsProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  /** Steps of the axis: more than the trace has while it grows. */
  readonly axisStepCount: number;
  readonly head: number;
  readonly theme: Theme;
  readonly positions: Int32Array;
  readonly lastUses: Int32Array | null;
}

const VIEW_HEIGHT = 23 * ROW_HEIGHT;

export const LifeRows = memo(function LifeRows(props: LifeRowsProps) {
  const { trace, step, axisStepCount, head, positions, lastUses, hovered, pinned, onHover, onPin } = props;
  const [scroller, { width, height }] = useElementSize<HTMLDivElement>({ width: 640, height: VIEW_HEIGHT });
  const [scrollTop, setScrollTop] = useState(0);
  const [isWalked, setWalked] = useState(false);
  const viewHeight = Math.min(height, positions.length * ROW_HEIGHT);
  const geometry = useMemo(() => lifeGeometry(axisStepCount, width), [axisStepCount, width]);
  const draw = useLifeDrawing({ ...props, geometry, scrollTop, viewHeight });

  const bringIntoView = useCallback(
    (position: number | null): void => {
      const element = scroller.current;
      const place = position === null ? -1 : positions.indexOf(position);
      if (element === null || place < 0) return;
      const top = place * ROW_HEIGHT;
      const lowest = top + ROW_HEIGHT - element.clientHeight;
      element.scrollTo({ top: Math.max(lowest, Math.min(top, element.scrollTop)) });
    },
    [scroller, positions],
  );
  // A token that another panel pins comes into view; not again when the order or the step changes.
  const broughtIn = useRef<number | null>(null);
  useEffect(() => {
    if (broughtIn.current !== pinned) bringIntoView(pinned);
    broughtIn.current = pinned;
  }, [pinned, bringIntoView]);

  const positionUnder = (pointer: { clientX: number; clientY: number; currentTarget: HTMLElement }): number | null => {
    const { currentTarget } = pointer;
    const y = pointIn(currentTarget, pointer).y + currentTarget.scrollTop;
    return positions.at(Math.max(0, Math.floor(y / ROW_HEIGHT))) ?? null;
  };
  const walk = (key: KeyboardEvent<HTMLElement>): void => {
    const current = hovered ?? pinned;
    if (key.key === "Enter" && current !== null) onPin(current);
    const by = rowMoves[key.key];
    if (by === undefined || key.altKey || key.ctrlKey || key.metaKey || positions.length === 0) return;
    // These keys walk through the rows here; elsewhere they step through time.
    key.preventDefault();
    key.stopPropagation();
    const place = current === null ? -1 : positions.indexOf(current);
    const next = positions[Math.min(positions.length - 1, Math.max(0, place + by))];
    bringIntoView(next);
    setWalked(true);
    const box = key.currentTarget.getBoundingClientRect();
    onHover(next, { x: box.left + geometry.labelWidth, y: box.top + ROW_HEIGHT });
  };
  return (
    <div className="lifelines-rows">
      <LifeAxis geometry={geometry} />
      <div
        ref={scroller}
        className="lifelines-scroller"
        role="region"
        aria-label={`Lifelines of ${counted(positions.length, "token")}; arrow keys walk, Enter pins`}
        tabIndex={0}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        onPointerMove={(event) => {
          setWalked(false);
          onHover(positionUnder(event), { x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => onHover(null)}
        onBlur={() => onHover(null)}
        onClick={(event) => {
          const position = positionUnder(event);
          if (position !== null) onPin(position);
        }}
        onKeyDown={walk}
      >
        <div style={{ height: positions.length * ROW_HEIGHT }}>
          <div className="lifelines-sticky">
            <Canvas width={width} height={viewHeight} draw={draw} />
          </div>
        </div>
      </div>
      <p className="visually-hidden" aria-live="polite">
        {isWalked &&
          hovered !== null &&
          lifeSentence(lifeRow(trace, step, hovered, { head, lastUses }), headCountOf(trace.header.model))}
      </p>
    </div>
  );
});

const rowMoves: Readonly<Partial<Record<string, number>>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -20,
  PageDown: 20,
  Home: -Infinity,
  End: Infinity,
};

interface LifeDrawing extends LifeRowsProps {
  readonly geometry: LifeGeometry;
  readonly scrollTop: number;
  readonly viewHeight: number;
}

/** The marks are made again when the rows change; a hover only repaints. */
function useLifeDrawing(drawing: LifeDrawing): (context: CanvasRenderingContext2D) => void {
  const { trace, step, head, theme, positions, lastUses, geometry, scrollTop, viewHeight, hovered, pinned } = drawing;
  // With fewer rows than before, the view may be scrolled past the end.
  const top = Math.min(scrollTop, Math.max(0, positions.length * ROW_HEIGHT - viewHeight));
  const lives = useMemo(() => {
    const { first, end } = visibleRows(top, viewHeight, positions.length);
    return Array.from(positions.subarray(first, end), (position, place) => {
      const row = lifeRow(trace, step, position, { head, lastUses });
      return { row, marks: lifeMarks(trace, step, row, geometry), top: (first + place) * ROW_HEIGHT - top };
    });
  }, [trace, step, positions, head, lastUses, geometry, top, viewHeight]);
  const places = useMemo(() => new Map(Array.from(positions, (position, place) => [position, place])), [positions]);
  return useCallback(
    (context: CanvasRenderingContext2D) =>
      drawRows(context, {
        lives: lives.map((life) => ({
          ...life,
          isHovered: life.row.position === hovered,
          isPinned: life.row.position === pinned,
        })),
        links: lifeLinks(
          lives,
          (position) => {
            const place = places.get(position);
            return place === undefined ? null : place * ROW_HEIGHT - top;
          },
          (position) => position === hovered || position === pinned,
        ),
        geometry,
        step,
        height: viewHeight,
        theme,
      }),
    [lives, places, top, geometry, step, viewHeight, theme, hovered, pinned],
  );
}

/** What stands in each column, and the steps. */
function LifeAxis({ geometry }: { readonly geometry: LifeGeometry }) {
  const { width, countRight, xTicks, x } = geometry;
  return (
    <svg className="axis" width={width} height={30} aria-hidden="true">
      <text x={36} y={24} textAnchor="end">
        pos.
      </text>
      <text x={42} y={24}>
        token
      </text>
      {/* x(0) is where the rows begin. */}
      <text x={x(0)} y={11}>
        step →
      </text>
      {countRight > 0 && (
        <text x={countRight} y={11} textAnchor="end">
          heads
        </text>
      )}
      {countRight > 0 && (
        <text x={countRight} y={24} textAnchor="end">
          now
        </text>
      )}
      {xTicks.map(({ at, label }) => (
        <g key={label}>
          <text x={at} y={24} textAnchor="middle">
            {label}
          </text>
          <line x1={at} x2={at} y1={26} y2={30} />
        </g>
      ))}
    </svg>
  );
}
