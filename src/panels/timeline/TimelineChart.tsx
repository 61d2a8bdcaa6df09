// The chart to scrub on: a slider over the steps by pointer, and by the page's own keys.
import { counted } from "../../lib/counted";
import { meanLength } from "../../cache/headRows";
import { useId, useRef } from "react";
import { lengthsAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { slotsText } from "../slotsText";
import { tokenLabel } from "../../trace/tokenText";
import { bandIn } from "./windows";
import { loopChip, type TimelineLayout } from "./layout";
import { Minimap } from "./Minimap";
import { TimelineMarks } from "./TimelineMarks";
import { useTimelinePointer, type TimelineHandlers } from "./useTimelinePointer";

interface TimelineChartProps extends TimelineHandlers {
  readonly layout: TimelineLayout;
  readonly trace: Trace;
  readonly step: number;
  readonly stepCount: number;
  /** What the tip says of a step. */
  readonly describe: (step: number) => string;
}

export function TimelineChart({ layout, trace, step, stepCount, describe, ...handlers }: TimelineChartProps) {
  const chart = useRef<SVGSVGElement>(null);
  const hatch = useId();
  const { hovered, drawn, ...pointer } = useTimelinePointer(chart, layout, stepCount, handlers);
  const { size, plot, axisY, x, y, visible, loop } = layout;
  const isInSight = step >= visible.from && step <= visible.to;
  const drawnBand = drawn === null ? null : bandIn(visible, x)(drawn);
  const chip = loop === null || drawn !== null ? null : loopChip(loop, plot);
  return (
    <>
      <svg
        ref={chart}
        className="timeline-chart"
        width={size.width}
        height={size.height}
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="slider"
        tabIndex={0}
        aria-label="Step shown"
        aria-valuemin={0}
        aria-valuemax={stepCount - 1}
        aria-valuenow={step}
        aria-valuetext={`step ${step} of ${stepCount - 1}, “${tokenLabel(trace.steps[step].text)}”, ${slotsText(lengthsAfterStep(trace, step), "slots in use")}, ${counted(trace.events.length, "event")}`}
        {...pointer}
      >
        <TimelineMarks layout={layout} hatch={hatch} />
        {loop !== null && drawn === null && <LoopBand band={loop} top={plot.top} bottom={axisY} />}
        {drawnBand !== null && <LoopBand band={drawnBand} top={plot.top} bottom={axisY} />}
        {hovered !== null && (
          <line className="timeline-hover" x1={x(hovered)} x2={x(hovered)} y1={plot.top} y2={axisY} />
        )}
        {isInSight && (
          <g aria-hidden="true">
            <line className="timeline-cursor" x1={x(step)} x2={x(step)} y1={plot.top} y2={axisY + 6} />
            <circle className="timeline-knob" cx={x(step)} cy={y(meanLength(lengthsAfterStep(trace, step)))} r={4.5} />
          </g>
        )}
      </svg>
      {layout.minimap !== null && (
        <Minimap minimap={layout.minimap} layout={layout} step={step} onVisible={handlers.onVisible} />
      )}
      {chip !== null && loop !== null && (
        <button
          type="button"
          className="timeline-loop-chip"
          style={{ left: chip.left, width: chip.right - chip.left }}
          aria-label={`${loop.stepCount} steps repeat: play to the end again`}
          title="Clear the loop (Esc)"
          onClick={() => handlers.onLoop(null)}
        >
          ⟳ {loop.stepCount} steps ×
        </button>
      )}
      {hovered !== null && <Tip text={describe(hovered)} x={x(hovered)} width={size.width} />}
    </>
  );
}

interface LoopBandProps {
  readonly band: { readonly x: number; readonly width: number };
  readonly top: number;
  readonly bottom: number;
}

function LoopBand({ band, top, bottom }: LoopBandProps) {
  const { x, width } = band;
  return (
    <g aria-hidden="true">
      <rect className="timeline-loop" x={x} y={top} width={width} height={bottom - top} />
      <path className="timeline-loop-ends" d={`M${x},${top}V${bottom}M${x + width},${top}V${bottom}`} />
    </g>
  );
}

/** Above the chart, over the step pointed at, and never beyond the panel. */
function Tip({ text, x, width }: { readonly text: string; readonly x: number; readonly width: number }) {
  const share = Math.min(1, Math.max(0, x / width));
  return (
    <div
      className="timeline-tip"
      style={{ left: x, transform: `translateX(${-100 * share}%)` }}
      aria-hidden="true"
      data-not-exported
    >
      {text}
    </div>
  );
}
