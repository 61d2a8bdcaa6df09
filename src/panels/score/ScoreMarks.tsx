// The marks of the score chart at one moment: the whole picture, or a moment of the four beats.
import { shortened } from "../../lib/shortened";
import { memo } from "react";
import { signedNumber, writtenNumber } from "../../ui/numbers";
import type { ScoreFrame } from "./beats";
import type { Candidate } from "./candidates";
import { LONGEST_LABEL, px, type ScoreBar, type ScoreLayout } from "./layout";
import { barPaths, newcomerPath, plateausPath, tiePath, type BarPaths } from "./paths";
import { cutLabel } from "./words";

interface ScoreMarksProps {
  readonly layout: ScoreLayout;
  readonly frame: ScoreFrame;
  /** Stretch of the chart that is in view, in CSS pixels; the rest is not drawn. */
  readonly from: number;
  readonly to: number;
  /** All bars fit without scrolling. */
  readonly isWhole: boolean;
}

const LEAST_LABEL_GAP = 10;

export const ScoreMarks = memo(function ScoreMarks({ layout, frame, from, to, isWhole }: ScoreMarksProps) {
  const visible = frame.bars.filter(({ x }) => x >= from - layout.pitch && x <= to);
  const kept = visible.filter(({ candidate }) => candidate.isKept);
  const evicted = visible.filter(({ candidate }) => !candidate.isKept);
  return (
    <g aria-hidden="true">
      <Grid layout={layout} />
      <Window layout={layout} x={frame.windowX} />
      {evicted.length > 0 && (
        <g opacity={frame.evictedOpacity}>
          <Side bars={evicted} layout={layout} side="evicted" />
        </g>
      )}
      <Side bars={kept} layout={layout} side="kept" />
      {frame.hasSlots ? <SlotRuler layout={layout} /> : <path className="mark-plateau" d={plateausPath(layout)} />}
      {frame.cutOffReach > 0 && <CutOff layout={layout} frame={frame} isWhole={isWhole} />}
    </g>
  );
});

interface SideProps {
  readonly bars: readonly ScoreBar[];
  readonly layout: ScoreLayout;
  readonly side: "kept" | "evicted";
}

function Side({ bars, layout, side }: SideProps) {
  const bunches = bunched(bars).map((bunch) => barPaths(bunch, layout, side));
  const paths = (className: string, part: keyof BarPaths) =>
    bunches.map((bunch, place) => <path key={place} className={className} d={bunch[part]} />);
  return (
    <>
      {paths(`bar-gain-${side}`, "filled")}
      {paths(`bar-rings bar-rings-${side}`, "rings")}
      {paths(`bar-lent bar-lent-${side}`, "outline")}
      {paths(`bar-loss-${side}`, "loss")}
      {paths(`mark-${side}`, "marks")}
      <path className="mark-newcomer" d={newcomerPath(bars, layout)} />
      <path className="mark-tie" d={tiePath(bars, layout)} />
      {/* Keyed by place: a step with other tokens reuses the elements. */}
      {clearLabels(bars, layout).map((bar, place) => (
        <Label key={place} bar={bar} layout={layout} />
      ))}
    </>
  );
}

/** Bars that share a path: to paint a tile of the page, a browser works through every path that reaches into it. */
const BUNCH = 24;

/** Neighbours together; one empty bunch where there are no bars. */
function bunched(bars: readonly ScoreBar[]): readonly (readonly ScoreBar[])[] {
  const count = Math.max(1, Math.ceil(bars.length / BUNCH));
  return Array.from({ length: count }, (_, place) => bars.slice(place * BUNCH, (place + 1) * BUNCH));
}

/** Of the labels chosen for the whole picture, those that don't collide where the bars stand now. */
function clearLabels(bars: readonly ScoreBar[], { labelled }: ScoreLayout): readonly ScoreBar[] {
  let before = -Infinity;
  return bars.filter(({ candidate, x }) => {
    if (!labelled.has(candidate.slot) || x - before < LEAST_LABEL_GAP) return false;
    before = x;
    return true;
  });
}

function Label({ bar: { candidate, x }, layout }: { readonly bar: ScoreBar; readonly layout: ScoreLayout }) {
  return (
    <text
      className={candidate.isKept ? "bar-label" : "bar-label bar-label-evicted"}
      transform={`translate(${px(x + layout.barWidth / 2 + 3.5)},${layout.plotBottom + 31}) rotate(-90)`}
      textAnchor="end"
    >
      {shortened(candidate.text, LONGEST_LABEL)}
    </text>
  );
}

function Grid({ layout: { plotLeft, width, zeroY, ticks } }: { readonly layout: ScoreLayout }) {
  return (
    <>
      <path className="score-grid" d={ticks.map(({ y }) => `M${plotLeft},${y}H${width - 8}`).join("")} />
      <line className="zero-line" x1={plotLeft} x2={width - 8} y1={zeroY} y2={zeroY} />
    </>
  );
}

function Window({ layout, x }: { readonly layout: ScoreLayout; readonly x: number }) {
  const { plotTop, plotBottom, pitch, windowSlots } = layout;
  const width = windowSlots * pitch;
  return (
    <>
      <rect className="score-window" x={x} y={plotTop} width={width} height={plotBottom - plotTop} />
      {width > 52 && (
        <text className="score-window-label" x={x + width / 2} y={plotBottom + 13} textAnchor="middle">
          window
        </text>
      )}
    </>
  );
}

/** Slot numbers stand still while the bars move over them. */
function SlotRuler({ layout }: { readonly layout: ScoreLayout }) {
  const { bars, pitch, plotLeft, plotBottom, windowSlots } = layout;
  const every = [1, 2, 5, 10, 20, 50, 100].find((count) => count * pitch >= 34) ?? 200;
  const count = bars.length + windowSlots;
  return (
    <g className="axis">
      {Array.from({ length: Math.ceil(count / every) }, (_, tick) => (
        <text key={tick} x={plotLeft + (tick * every + 0.5) * pitch} y={plotBottom + 25} textAnchor="middle">
          {tick * every}
        </text>
      ))}
    </g>
  );
}

/** Its figures stand in the corner, away from the crowd at the line. Where bars are scrolled, only the sentence below gives them. */
function CutOff({ layout, frame, isWhole }: Pick<ScoreMarksProps, "layout" | "frame" | "isWhole">) {
  if (layout.cutOffY === null) return null;
  const { cutOffY, plotLeft, plotTop, width } = layout;
  const end = plotLeft + (frame.windowX - plotLeft) * frame.cutOffReach;
  return (
    <>
      <line className="cut-off" x1={plotLeft} x2={end} y1={cutOffY} y2={cutOffY} />
      {isWhole && (
        <text className="cut-off-label" x={width - 12} y={plotTop + 14} textAnchor="end">
          {cutLabel(layout.candidates)}
        </text>
      )}
    </>
  );
}

interface LitBarProps {
  readonly layout: ScoreLayout;
  readonly frame: ScoreFrame;
  readonly position: number | null;
  /** Stretch of the chart that is in view, in CSS pixels. */
  readonly from: number;
  readonly to: number;
}

/** Half the width of its longest text. */
const HALF_TEXT = 125;

/** The column of the token pointed at, with its total; during the beats, with its way through the slots. */
export function LitBar({ layout, frame, position, from, to }: LitBarProps) {
  const bar = frame.bars.find(({ candidate }) => candidate.position === position);
  if (bar === undefined) return null;
  const centre = bar.x + layout.barWidth / 2;
  const anchor = centre - from < HALF_TEXT ? "start" : to - centre < HALF_TEXT ? "end" : "middle";
  const textX = anchor === "start" ? from + 6 : anchor === "end" ? to - 6 : centre;
  return (
    <g aria-hidden="true">
      <rect
        className="score-lit"
        x={centre - layout.pitch / 2}
        y={layout.plotTop}
        width={layout.pitch}
        height={layout.plotBottom - layout.plotTop}
      />
      <text className="score-value" x={textX} y={layout.plotTop - 7} textAnchor={anchor}>
        {frame.hasSlots ? slotsWords(bar.candidate) : totalWords(bar.candidate, layout)}
      </text>
    </g>
  );
}

function slotsWords({ text, position, slot, newSlot }: Candidate): string {
  return `${text}, position ${position}: slot ${slot} → ${newSlot === null ? "evicted" : newSlot}`;
}

function totalWords({ text, total, rank, parts }: Candidate, { cutOffY }: ScoreLayout): string {
  if (cutOffY === null) return `${text} S = ${writtenNumber(Number(parts.localRaw))}`;
  return `${text} Z = ${signedNumber(total)}, rank ${rank}`;
}
