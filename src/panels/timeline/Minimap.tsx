// The whole run in small, under a zoomed axis: its viewport is dragged or moved by the arrow keys.
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { pannedRange, type StepRange } from "../../state/timeAxis";
import type { TimelineLayout } from "./layout";
import type { MinimapLayout } from "./minimapLayout";

interface MinimapProps {
  readonly minimap: MinimapLayout;
  readonly layout: TimelineLayout;
  readonly step: number;
  readonly onVisible: (range: StepRange) => void;
}

export function Minimap({ minimap, layout, step, onVisible }: MinimapProps) {
  const { x, top, bottom, area, viewport, loop } = minimap;
  const { visible, lastStep, size, plot } = layout;
  const height = bottom - top;
  const span = visible.to - visible.from;
  /** Steps from the pointer to the start of the viewport that it drags. */
  const grip = useRef(0);

  const stepUnder = (event: PointerEvent<SVGSVGElement>): number =>
    x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left);
  const moveTo = (from: number): void => onVisible(pannedRange({ from: 0, to: span }, from, lastStep));
  const take = (event: PointerEvent<SVGSVGElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const under = stepUnder(event);
    const isInside = under >= visible.from && under <= visible.to;
    grip.current = isInside ? under - visible.from : span / 2;
    if (!isInside) moveTo(under - grip.current);
  };
  const drag = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(stepUnder(event) - grip.current);
  };
  const pan = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by === 0 || event.shiftKey) return;
    // Elsewhere the arrows step through time.
    event.preventDefault();
    event.stopPropagation();
    moveTo(visible.from + by * Math.max(1, Math.round(span / 10)));
  };
  return (
    <svg
      className="timeline-minimap"
      width={size.width}
      height={height + 1}
      viewBox={`0 ${top} ${size.width} ${height + 1}`}
      role="slider"
      tabIndex={0}
      aria-label="Part of the run in sight"
      aria-valuemin={0}
      aria-valuemax={lastStep - span}
      aria-valuenow={visible.from}
      aria-valuetext={`steps ${visible.from} to ${visible.to} of ${lastStep}`}
      onPointerDown={take}
      onPointerMove={drag}
      onKeyDown={pan}
    >
      <rect className="minimap-ground" x={plot.left} y={top} width={plot.right - plot.left} height={height} />
      <path className="timeline-area" d={area} />
      {loop !== null && <rect className="timeline-loop" x={loop.x} y={top} width={loop.width} height={height} />}
      <line className="timeline-cursor" x1={x(step)} x2={x(step)} y1={top} y2={bottom} />
      <rect
        className="minimap-viewport"
        x={viewport.x}
        y={top + 0.5}
        width={viewport.width}
        height={height - 1}
        rx={3}
      />
    </svg>
  );
}
