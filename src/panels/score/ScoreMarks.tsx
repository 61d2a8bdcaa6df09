// The marks of the score chart at one moment: the whole picture, or a moment of the four beats.
import { memo } from "react";
import type { FrameBar, ScoreFrame } from "./beats";
import { plateaus } from "./brackets";
import { shortLabel } from "./labels";
import type { ScoreLayout } from "./layout";
import { barPaths, newcomerPath, tiePath, type BarPaths } from "./paths";
import { cutLabel } from "./words";

interface ScoreMarksProps {
  readonly layout: ScoreLayout;
  readonly frame: ScoreFrame;
  /** Stretch of the chart that is in view, in CSS pixels; the rest is not drawn. */
  readonly from: number;
  readonly to: number;
  /** Nothing has to be scrolled. */
  readonly isWhole: boolean;
}

const LEAST_LABEL_GAP = 10;

export const ScoreMarks = memo(function ScoreMarks({ layout, frame, from, to, isWhole }: ScoreMarksProps) {
  const visible = frame.bars.filter(({ x }) => x >= from - layout.pitch && x <= to);
  const kept = visible.filter(({ bar }) => bar.isKept);
  const evicted = visible.filter(({ bar }) => !bar.isKept);
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
      {frame.hasSlots ? <SlotRuler layout={layout} /> : <Brackets layout={layout} />}
      {frame.cutOffReach > 0 && <CutOff layout={layout} frame={frame} isWhole={isWhole} />}
    </g>
  );
});

interface SideProps {
  readonly bars: readonly FrameBar[];
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
      {/* By place: a step that brings other tokens writes the same elements anew. */}
      {clearLabels(bars, layout).map((drawn, place) => (
        <Label key={place} drawn={drawn} layout={layout} />
      ))}
    </>
  );
}

/** Bars that share a path: a browser that paints a tile of the page works through every path that reaches into it. */
const BUNCH = 24;

/** Neighbours together; one empty bunch where there are no bars. */
function bunched(bars: readonly FrameBar[]): readonly (readonly FrameBar[])[] {
  const count = Math.max(1, Math.ceil(bars.length / BUNCH));
  return Array.from({ length: count }, (_, place) => bars.slice(place * BUNCH, (place + 1) * BUNCH));
}

/** Labels chosen for the whole picture that keep clear of each other where the bars stand now. */
function clearLabels(bars: readonly FrameBar[], { labelled }: ScoreLayout): readonly FrameBar[] {
  let before = -Infinity;
  return bars.filter(({ bar, x }) => {
    if (!labelled.has(bar.slot) || x - before < LEAST_LABEL_GAP) return false;
    before = x;
    return true;
  });
}

function Label({ drawn: { bar, x }, layout }: { readonly drawn: FrameBar; readonly layout: ScoreLayout }) {
  return (
    <text
      className={bar.isKept ? "bar-label" : "bar-label bar-label-evicted"}
      transform={`translate(${Math.round((x + layout.barWidth / 2 + 3.5) * 10) / 10},${layout.plotBottom + 31}) rotate(-90)`}
      textAnchor="end"
    >
      {shortLabel(bar.text)}
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

function Brackets({ layout }: { readonly layout: ScoreLayout }) {
  const y = layout.plotBottom + 19;
  const path = plateaus(layout)
    .map(({ fromX, toX }) => `M${fromX},${y}v4H${toX}v-4`)
    .join("");
  return <path className="mark-plateau" d={path} />;
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

/** The figures stand in the corner, away from the crowd at the line; where bars are scrolled the sentence below has them. */
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
