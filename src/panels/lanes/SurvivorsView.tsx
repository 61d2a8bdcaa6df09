// What the lane on the stage and another one keep in common, head by head, compared with chance. The picture lies under one
// button per cell: a click or the arrow keys choose the focused head.
import { memo, useMemo, useRef, type KeyboardEvent } from "react";
import { counted } from "../../lib/counted";
import { capital } from "../../lib/capital";
import type { LaneOverlap } from "../../trace/compare/laneOverlap";
import type { ModelSummary } from "../../trace/trace";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { focusByKey, focusHead, focusLabel, type Focus } from "../focus";
import { laneLabel, laneList } from "./laneRows";
import { overlapGrid, type GridCell } from "./layout";
import { OTHER_SHAPES, type LanePair, type LanesScene } from "./scene";

interface SurvivorsViewProps extends LanesScene {
  readonly pair: LanePair;
  readonly onFocus: (focus: Focus) => void;
}

export function SurvivorsView({ stageLane, lanes, focus, pair, onFocus }: SurvivorsViewProps) {
  const { otherLane, overlap } = pair;
  const reason = noOverlapReason(pair);
  return (
    <section className="lane-part lane-part-half" aria-label="Survivors compared">
      <h3>
        Survivors: {laneLabel(stageLane)} and {laneLabel(otherLane)}
      </h3>
      {overlap === null || reason !== null ? (
        <p className="panel-empty">{reason}</p>
      ) : (
        <>
          <p className="lane-note">
            In common {writtenShare(overlap.meanOverlap)}, chance {writtenShare(overlap.meanChance)} (mean of all
            heads); {counted(overlap.positionCount, "position")} that both have decided on
            {overlap.isCutByDivergence && ", only those before the answers diverge"}.
          </p>
          <OverlapGrid overlap={overlap} model={lanes[stageLane].trace.header.model} focus={focus} onFocus={onFocus} />
          <div className="legend">
            <span className="legend-item">
              <svg width={30} height={12} aria-hidden="true">
                <rect className="lane-cell-ground" width={30} height={12} />
                <rect className="lane-cell-bar" width={20} height={12} />
              </svg>
              in common, 0 to 100 % of the smaller cache
            </span>
            <span className="legend-item">
              <svg width={8} height={14} aria-hidden="true">
                <line className="lane-cell-chance" x1={4} x2={4} y1={0} y2={14} />
              </svg>
              chance
            </span>
          </div>
        </>
      )}
    </section>
  );
}

function noOverlapReason({ overlap, wholeLanes }: LanePair): string | null {
  if (overlap === null) return OTHER_SHAPES;
  if (wholeLanes.length > 0) {
    const verb = wholeLanes.length === 1 ? "has" : "have";
    return `${capital(laneList(wholeLanes))} ${verb} evicted nothing so far. Everything contains any set of tokens, so overlap and chance are both 100 %.`;
  }
  if (overlap.positionCount === 0)
    return "The lanes have not both decided on any position yet: move on to a later step.";
  if (Number.isNaN(overlap.meanOverlap))
    return "One of the lanes holds none of the positions that both have decided on.";
  return null;
}

interface OverlapGridProps {
  readonly overlap: LaneOverlap;
  readonly model: ModelSummary;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

const OverlapGrid = memo(function OverlapGrid({ overlap, model, focus, onFocus }: OverlapGridProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 420, height: 0 });
  const grid = useMemo(() => overlapGrid(overlap, model, width), [overlap, model, width]);
  const buttons = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const next = focusByKey(event, model, focus);
    if (next === null) return;
    onFocus(next);
    buttons.current?.querySelectorAll<HTMLElement>("button")[focusHead(model, next)]?.focus();
  };
  const isFocused = ({ layer, kvHead }: GridCell): boolean => layer === focus.layer && kvHead === focus.kvHead;
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
          <Cell key={head} cell={cell} width={grid.cellWidth} height={grid.cellHeight} isFocused={isFocused(cell)} />
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
            style={{ left: cell.x, top: cell.y, width: grid.cellWidth, height: grid.cellHeight }}
            aria-pressed={isFocused(cell)}
            aria-label={`${focusLabel(cell)}: ${headSentence(overlap, head)}`}
            title={headSentence(overlap, head)}
            tabIndex={isFocused(cell) ? 0 : -1}
            onClick={() => onFocus({ layer: cell.layer, kvHead: cell.kvHead })}
          />
        ))}
      </div>
    </div>
  );
});

/** "71 % in common (30 of 42), chance 44 % ± 5 %" */
function headSentence({ heads }: LaneOverlap, head: number): string {
  const { overlap, chance, chanceDeviation, sharedCount, leftCount, rightCount } = heads[head];
  if (Number.isNaN(overlap)) return "one of the lanes holds none of the positions compared";
  return (
    `${writtenShare(overlap)} in common (${sharedCount} of ${Math.min(leftCount, rightCount)}), ` +
    `chance ${writtenShare(chance)} ± ${writtenShare(chanceDeviation)}`
  );
}

interface CellProps {
  readonly cell: GridCell;
  readonly width: number;
  readonly height: number;
  readonly isFocused: boolean;
}

function Cell({ cell: { x, y, barWidth, chanceX, text }, width, height, isFocused }: CellProps) {
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
