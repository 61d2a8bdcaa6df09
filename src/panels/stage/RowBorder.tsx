// The lower border of a row of panels: dragged or moved by the arrow keys, it makes the row higher or lower.
import { useRef, type KeyboardEvent, type PointerEvent } from "react";

interface RowBorderProps {
  readonly name: string;
  /** CSS pixels that the row takes at least. */
  readonly height: number;
  readonly onHeight: (height: number) => void;
}

const LOWEST = 120;
const HIGHEST = 2000;
const KEY_STEP = 24;

export function RowBorder({ name, height, onHeight }: RowBorderProps) {
  const start = useRef({ y: 0, height });
  const set = (wanted: number): void => onHeight(Math.min(HIGHEST, Math.max(LOWEST, Math.round(wanted))));
  const drag = (event: PointerEvent): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      set(start.current.height + event.clientY - start.current.y);
  };
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? KEY_STEP : event.key === "ArrowUp" ? -KEY_STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    set(height + by);
  };
  return (
    <div
      className="stage-row-border"
      role="separator"
      aria-orientation="horizontal"
      aria-label={`Height of the ${name} row`}
      aria-valuenow={height}
      aria-valuemin={LOWEST}
      aria-valuemax={HIGHEST}
      tabIndex={0}
      onKeyDown={move}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { y: event.clientY, height };
      }}
      onPointerMove={drag}
    />
  );
}
