// The scrolled rows: a canvas as high as the view sticks to it, and only the rows in view are drawn.
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Canvas } from "../../ui/Canvas";
import type { Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import type { Selection, SelectionHandlers } from "../selection";
import { lifeGeometry, ROW_HEIGHT } from "./layout";
import { LifeAxis } from "./LifeAxis";
import { lifeRow, lifeSentence } from "./rows";
import { useLifeDrawing } from "./useLifeDrawing";

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
      element.scrollTop = Math.max(lowest, Math.min(top, element.scrollTop));
    },
    [scroller, positions],
  );
  // A token that another panel pins comes into view; not again when the order or the step changes.
  const broughtIn = useRef<number | null>(null);
  useEffect(() => {
    if (broughtIn.current !== pinned) bringIntoView(pinned);
    broughtIn.current = pinned;
  }, [pinned, bringIntoView]);

  const positionUnder = (pointer: { clientY: number; currentTarget: HTMLElement }): number | null => {
    const { currentTarget } = pointer;
    const y = pointer.clientY - currentTarget.getBoundingClientRect().top + currentTarget.scrollTop;
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
  const { layerCount, kvHeadCount } = trace.header.model;
  return (
    <div className="lifelines-rows">
      <LifeAxis geometry={geometry} />
      <div
        ref={scroller}
        className="lifelines-scroller"
        role="region"
        aria-label={`Lifelines of ${positions.length} tokens; arrow keys walk, Enter pins`}
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
          lifeSentence(lifeRow(trace, step, hovered, { head, lastUses }), layerCount * kvHeadCount)}
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
