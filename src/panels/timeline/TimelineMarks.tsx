// What does not move on the timeline while a run plays: axes, saw-tooth, events, window lane, answer, marks.
import { memo } from "react";
import { writtenNumber } from "../../ui/numbers";
import { NARROW } from "./axes";
import type { TimelineLayout } from "./layout";

/** Height of the lane that says which steps a window sees. */
const LANE_HEIGHT = 5;

interface TimelineMarksProps {
  readonly layout: TimelineLayout;
  /** Id of the hatching. */
  readonly hatch: string;
}

export const TimelineMarks = memo(function TimelineMarks({ layout, hatch }: TimelineMarksProps) {
  const { plot, axisY } = layout;
  const half = layout.eventWidth / 2;
  return (
    <g aria-hidden="true">
      <HatchPattern id={hatch} />
      <Axes layout={layout} />
      {layout.answer !== null && (
        <>
          <rect
            className="timeline-answer"
            x={layout.answer.x}
            y={plot.top}
            width={layout.answer.width}
            height={axisY - plot.top}
          />
          <rect
            className="timeline-answer-cap"
            x={layout.answer.x - 1}
            y={plot.top - 2}
            width={layout.answer.width + 2}
            height={3}
          />
        </>
      )}
      <path className="timeline-area" d={layout.cacheArea} />
      {layout.cacheBand !== "" && <path className="timeline-band" d={layout.cacheBand} />}
      <path className="timeline-full" d={layout.fullPath} />
      <path className="timeline-cache" d={layout.cachePath} />
      {layout.levels.map((level) => (
        <g key={level.label}>
          <line className="timeline-level" x1={plot.left} x2={plot.right} y1={level.y} y2={level.y} />
          {layout.size.width >= NARROW && (
            <text className="timeline-label" x={plot.right + 8} y={level.textY}>
              {level.label}
            </text>
          )}
        </g>
      ))}
      <path
        className="timeline-event"
        d={layout.events.map(({ x }) => `M${(x - half).toFixed(1)},${plot.bottom}h${2 * half}l${-half},-6z`).join("")}
      />
      {layout.kl !== null && <KlMarks layout={layout} />}
      <g>
        {layout.lane.seen.map(({ x, width }) => (
          <rect key={x} className="timeline-seen" x={x} y={axisY + 1} width={width} height={LANE_HEIGHT} />
        ))}
        {layout.lane.blind.map(({ x, width }) => (
          <rect key={x} fill={`url(#${hatch})`} x={x} y={axisY + 1} width={width} height={LANE_HEIGHT} />
        ))}
      </g>
      {layout.endX !== null && (
        <line className="timeline-end" x1={layout.endX} x2={layout.endX} y1={plot.top} y2={axisY} />
      )}
      {layout.marks.map(({ step, label, tone, x }) => (
        <g key={`${step} ${label}`} className={`timeline-tone-${tone}`}>
          <line className="timeline-mark" x1={x} x2={x} y1={plot.top} y2={axisY} />
          <path className="timeline-mark-sign" d={markSigns[tone]} transform={`translate(${x},${plot.top + 4})`} />
        </g>
      ))}
      {layout.labels.map(({ text, left, className }) => (
        <text key={text} className={className} x={left} y={plot.top - 3}>
          {text}
        </text>
      ))}
    </g>
  );
});

/** A cross, a tick and a diamond, so that the tone does not depend on colour. */
export const markSigns = {
  bad: "M-3.5,-3.5l7,7M3.5,-3.5l-7,7",
  good: "M-3.5,0l2.5,3l5,-6",
  neutral: "M0,-4l4,4l-4,4l-4,-4z",
} as const;

export function HatchPattern({ id }: { readonly id: string }) {
  return (
    <pattern id={id} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect className="timeline-blind-ground" width={5} height={5} />
      <rect className="timeline-blind-stroke" width={2} height={5} />
    </pattern>
  );
}

function Axes({ layout }: { readonly layout: TimelineLayout }) {
  const { plot, axisY } = layout;
  return (
    <>
      {layout.yTicks.map((tick) => (
        <g key={tick.label} className="axis">
          <line className="grid-line" x1={plot.left} x2={plot.right} y1={tick.y} y2={tick.y} />
          <text x={plot.left - 6} y={tick.y + 3.5} textAnchor="end">
            {tick.label}
          </text>
        </g>
      ))}
      <g className="axis">
        <line x1={plot.left} x2={plot.right} y1={axisY} y2={axisY} />
        <text x={2} y={axisY + 17}>
          step
        </text>
        {layout.xTicks.map((tick) => (
          <g key={tick.label}>
            <line x1={tick.at} x2={tick.at} y1={axisY + LANE_HEIGHT + 1} y2={axisY + LANE_HEIGHT + 3} />
            <text x={tick.left} y={axisY + 17}>
              {tick.label}
            </text>
          </g>
        ))}
      </g>
    </>
  );
}

function KlMarks({ layout: { kl, plot, size } }: { readonly layout: TimelineLayout }) {
  if (kl === null) return null;
  const baseline = (kl.top + kl.bottom) / 2 + 4;
  return (
    <g>
      <line className="timeline-kl-base" x1={plot.left} x2={plot.right} y1={kl.bottom} y2={kl.bottom} />
      <path className="timeline-kl" d={kl.path} />
      <text className="timeline-label" x={plot.left - 6} y={baseline} textAnchor="end">
        KL
      </text>
      {size.width >= NARROW && (
        <text className="timeline-label" x={plot.right + 8} y={baseline}>
          {writtenNumber(kl.highestNats)}
        </text>
      )}
    </g>
  );
}
