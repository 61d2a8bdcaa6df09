// What the marks in the score chart mean: only those that are drawn.
import { memo } from "react";
import { numberOf } from "../../policy/formula";
import type { TraceHeader } from "../../trace/trace";
import { LegendItem } from "../../ui/LegendItem";
import type { BarMeasure } from "./barHeights";
import type { ScoreBar, ScoreLayout } from "./layout";

interface ScoreLegendProps {
  readonly header: TraceHeader;
  readonly layout: ScoreLayout;
  readonly measure: BarMeasure;
}

export const ScoreLegend = memo(function ScoreLegend({ header, layout, measure }: ScoreLegendProps) {
  const { bars, join } = layout;
  const isParts = measure === "parts";
  const hasRedundancy = isParts && bars.some(({ candidate }) => candidate.parts.redundancy !== null);
  const newcomerCount = bars.filter(({ candidate }) => candidate.isNewcomer).length;
  const isPooled = bars.some(({ candidate }) => candidate.parts.pooled !== null);
  const areMarksApart = isParts && join === "none" && !isPooled && bars.some(hasMarkApart);
  return (
    <div className="legend">
      <LegendItem sign={<KeptSign />} width={22}>
        kept
      </LegendItem>
      <LegendItem sign={<EvictedSign />} width={22}>
        evicted
      </LegendItem>
      {isParts && join !== "none" && (
        <LegendItem sign={<JoinSign isRace={join === "race"} />} width={12}>
          {join === "race"
            ? "left bar: past (α·C); right bar: now (S); the taller counts"
            : `ringed: past (α·C); on top: now (${numberOf(header.formula, "weighted") !== null ? "(1 − α)·S" : "S"})`}
        </LegendItem>
      )}
      {isParts && isPooled && (
        <LegendItem sign={<path className="bar-lent bar-lent-kept" d="M1.5,1.5h8v10h-8z" />} width={12}>
          outline: score of a neighbouring slot (Y)
        </LegendItem>
      )}
      {areMarksApart && <span className="legend-item">bar: S; its dot or cross: Z, after the rest of the formula</span>}
      {hasRedundancy && (
        <LegendItem sign={<rect className="bar-loss-kept" width={8} height={12} />} width={8}>
          below zero: −(1 − λ)·R
        </LegendItem>
      )}
      {newcomerCount > 0 && (
        <LegendItem sign={<path className="mark-newcomer" d="M6,2.5l3.5,6h-7z" />} width={12}>
          scored for the first time ({newcomerCount})
        </LegendItem>
      )}
      {bars.some(({ candidate }) => candidate.isTied) && (
        <LegendItem sign={<path className="mark-tie" d="M2.5,5h7m0,3h-7" />} width={12}>
          tied at the cut-off
        </LegendItem>
      )}
      {isPooled && (
        <LegendItem sign={<path className="mark-plateau" d="M1,4v4h18v-4" />} width={20}>
          neighbours with the same Y
        </LegendItem>
      )}
      {layout.cutOffY !== null && (
        <span className="legend-item">
          <span className="legend-dash" aria-hidden="true" />
          cut-off
        </span>
      )}
      {bars.some(({ candidate }) => candidate.total === Infinity) && (
        <span className="legend-item">full height: kept whatever the scores</span>
      )}
      {layout.isClipped && <span className="legend-item">bars at the top edge go on above it</span>}
      <LegendItem sign={<rect className="score-window" x={0.5} y={0.5} width={13} height={11} />} width={14}>
        window: the newest {layout.windowSlots}, always kept
      </LegendItem>
    </div>
  );
});

/** Steps of the formula that leave no part behind, such as mean pooling, part Z from the bar that S drew. */
function hasMarkApart({ gain, present, loss }: ScoreBar): boolean {
  return gain !== null && present !== null && loss === null && Math.abs(gain.height - present.height) > 2;
}

function KeptSign() {
  return (
    <>
      <rect className="bar-gain-kept" width={8} height={12} />
      <circle className="mark-kept" cx={16} cy={6} r={3} />
    </>
  );
}

function EvictedSign() {
  return (
    <>
      <rect className="bar-gain-evicted" x={0.5} y={0.5} width={7} height={11} />
      <path className="mark-evicted" d="M13,3L19,9M13,9L19,3" />
    </>
  );
}

function JoinSign({ isRace }: { readonly isRace: boolean }) {
  return isRace ? (
    <>
      <path className="bar-gain-kept" d="M0,0h5v12h-5zM6,5h5v7h-5z" />
      <path className="bar-rings bar-rings-kept" d="M0,2.5H5M0,5.5H5M0,8.5H5" />
    </>
  ) : (
    <>
      <path className="bar-gain-kept" d="M0,0h8v12h-8z" />
      <path className="bar-rings bar-rings-kept" d="M0,5.5H8M0,8.5H8" />
    </>
  );
}
