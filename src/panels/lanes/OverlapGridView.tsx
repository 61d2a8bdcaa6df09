// What two lanes keep in common, head by head, against chance. The picture lies under a button per cell: a click or the
// arrow keys choose the focused head.
import { memo, useMemo, useRef, type KeyboardEvent } from "react";
import type { ModelSummary } from "../../trace/trace";
import type { LaneOverlap } from "../../trace/compare/laneOverlap";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import type { Focus } from "../focus";
import { focusByKey, focusHead, focusLabel } from "../focus";
import { overlapGrid, type GridCell } from "./overlapGrid";

interface OverlapGridViewProps {
  readonly overlap: LaneOverlap;
  readonly model: ModelSummary;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

export const OverlapGridView = memo(function OverlapGridView(props: OverlapGridViewProps) {
  const { overlap, model, focus, onFocus } = props;
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 420, height: 0 });
  const { layerCount, kvHeadCount } = model;
  const grid = useMemo(
    () => overlapGrid(overlap, { layerCount, kvHeadCount }, width),
    [overlap, layerCount, kvHeadCount, width],
  );
  const buttons = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const next = focusByKey(event, model, focus);
    if (next === null) return;
    onFocus(next);
    buttons.current?.querySelectorAll<HTMLElement>("button")[focusHead(model, next)]?.focus();
  };
  return (
    <div ref={frame} className="lane-grid-frame">
      <svg width={grid.width} height={grid.height} aria-hidden="true">
        <g className="axis">
          {grid.columns.map(({ kvHead, x, label }) => (
            <text key={kvHead} x={x} y={11}>
              {label}
            </text>
          ))}
          {grid.rows.map(({ layer, y }) => (
            <text key={layer} x={0} y={y}>
              L{layer}
            </text>
          ))}
        </g>
        {grid.cells.map((cell, head) => (
          <Cell key={head} cell={cell} isFocused={cell.layer === focus.layer && cell.kvHead === focus.kvHead} />
        ))}
      </svg>
      <div
        ref={buttons}
        role="group"
        aria-label="Overlap by layer and KV head; arrow keys move the focus"
        onKeyDown={move}
      >
        {grid.cells.map((cell, head) => (
          <button
            key={head}
            type="button"
            className="lane-cell"
            style={{ left: cell.x, top: cell.y, width: cell.width, height: cell.height }}
            aria-pressed={cell.layer === focus.layer && cell.kvHead === focus.kvHead}
            aria-label={`${focusLabel(cell)}: ${headSentence(overlap, head)}`}
            title={headSentence(overlap, head)}
            tabIndex={cell.layer === focus.layer && cell.kvHead === focus.kvHead ? 0 : -1}
            onClick={() => onFocus({ layer: cell.layer, kvHead: cell.kvHead })}
          />
        ))}
      </div>
    </div>
  );
});

/** "71 % in common (30 of 42), chance 44 % ± 5 %" */
export function headSentence({ heads }: LaneOverlap, head: number): string {
  const { overlap, chance, chanceDeviation, sharedCount, leftCount, rightCount } = heads[head];
  if (Number.isNaN(overlap)) return "a lane holds none of what is compared";
  return (
    `${writtenShare(overlap)} in common (${sharedCount} of ${Math.min(leftCount, rightCount)}), ` +
    `chance ${writtenShare(chance)} ± ${writtenShare(chanceDeviation)}`
  );
}

function Cell({ cell, isFocused }: { readonly cell: GridCell; readonly isFocused: boolean }) {
  const { x, y, width, height, barWidth, chanceX, text } = cell;
  return (
    <g transform={`translate(${x},${y})`}>
      <rect className="lane-cell-ground" width={width} height={height} />
      {barWidth !== null && <rect className="lane-cell-bar" width={barWidth} height={height} />}
      {chanceX !== null && <line className="lane-cell-chance" x1={chanceX} x2={chanceX} y1={-1} y2={height + 1} />}
      {text !== "" && (
        <text className="lane-cell-text" x={4} y={height / 2 + 4}>
          {text}
        </text>
      )}
      {isFocused && <rect className="lane-cell-focus" x={0} y={0} width={width} height={height} />}
    </g>
  );
}
