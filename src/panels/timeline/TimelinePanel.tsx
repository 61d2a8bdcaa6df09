// The timeline: transport buttons, the saw-tooth to scrub on by pointer or keyboard, and where the run stands.
import { memo, useMemo, useRef, type PointerEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { lengthAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { stepAt, timelineLayout, type TimelineLayout } from "./layout";
import { Transport, type TransportProps } from "./Transport";

interface TimelinePanelProps extends TransportProps {
  readonly trace: Trace;
  /** Steps on the axis: those there are, or those expected of a run that still grows. */
  readonly axisStepCount: number;
  readonly provenance: Provenance;
}

/** Until the first layout; the height is the style sheet's, lower in a low window. */
const FIRST_SIZE = { width: 1200, height: 96 };

export function TimelinePanel(props: TimelinePanelProps) {
  const { trace, step, stepCount, axisStepCount, onMove } = props;
  const [frame, size] = useElementSize<HTMLDivElement>(FIRST_SIZE);
  const layout = useMemo(
    () => timelineLayout(trace, stepCount, Math.max(stepCount, axisStepCount), size),
    [trace, stepCount, axisStepCount, size],
  );
  return (
    <Panel
      name="timeline"
      title="Cache length"
      subtitle="slots per head, over decode steps"
      provenance={[props.provenance]}
      controls={<Transport {...props} />}
    >
      <div ref={frame} className="timeline-frame">
        <Scrubber layout={layout} trace={trace} step={step} stepCount={stepCount} onMove={onMove} />
      </div>
    </Panel>
  );
}

interface ScrubberProps {
  readonly layout: TimelineLayout;
  readonly trace: Trace;
  readonly step: number;
  readonly stepCount: number;
  readonly onMove: (step: number) => void;
}

function Scrubber({ layout, trace, step, stepCount, onMove }: ScrubberProps) {
  const svg = useRef<SVGSVGElement>(null);
  const { size, plot } = layout;
  const scrub = (event: PointerEvent<SVGSVGElement>): void => {
    const left = svg.current?.getBoundingClientRect().left ?? 0;
    onMove(stepAt(layout, event.clientX - left, stepCount));
  };
  const cursorX = layout.x(step);
  return (
    <svg
      ref={svg}
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
      aria-valuetext={`step ${step} of ${stepCount - 1}, ${lengthAfterStep(trace, step)} slots in use, ${trace.events.length} events`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
      }}
    >
      <Background layout={layout} />
      <line className="timeline-cursor" x1={cursorX} x2={cursorX} y1={plot.top - 6} y2={plot.bottom} />
      <circle className="timeline-knob" cx={cursorX} cy={layout.y(lengthAfterStep(trace, step))} r={4.5} />
    </svg>
  );
}

const Background = memo(function Background({ layout }: { readonly layout: TimelineLayout }) {
  const { plot } = layout;
  return (
    <g aria-hidden="true">
      {layout.yTicks.map((tick) => (
        <g key={tick.label} className="axis">
          <line className="grid-line" x1={plot.left} x2={plot.right} y1={tick.y} y2={tick.y} />
          <text x={plot.left - 6} y={tick.y + 3.5} textAnchor="end">
            {tick.label}
          </text>
        </g>
      ))}
      {layout.xTicks.map((tick) => (
        <g key={tick.label} className="axis">
          <line x1={tick.x} x2={tick.x} y1={plot.bottom} y2={plot.bottom + 4} />
          <text x={tick.x} y={plot.bottom + 15} textAnchor="middle">
            {tick.label}
          </text>
        </g>
      ))}
      <path className="timeline-area" d={layout.cacheArea} />
      <path className="timeline-full" d={layout.fullPath} />
      <path className="timeline-cache" d={layout.cachePath} />
      {layout.levels.map((level, place) => (
        <g key={level.label}>
          <line className="timeline-level" x1={plot.left} x2={plot.right} y1={level.y} y2={level.y} />
          {layout.size.width >= 560 && (
            <text className="timeline-level-label" x={plot.right + 4} y={level.y + (place === 0 ? 9 : 0)}>
              {level.label}
            </text>
          )}
        </g>
      ))}
      {layout.events.map((event) => (
        <path key={event.step} className="timeline-event" d={`M${event.x - 3},${plot.bottom + 1}h6l-3,-6z`} />
      ))}
      {layout.endX !== null && (
        <g>
          <line className="timeline-end" x1={layout.endX} x2={layout.endX} y1={plot.top} y2={plot.bottom} />
          <text className="timeline-end-label" x={layout.endX - 4} y={plot.top + 4} textAnchor="end">
            end
          </text>
        </g>
      )}
      <text
        className="timeline-full-label"
        x={layout.fullEnd.x + (layout.fullEnd.isBeyond ? 6 : -6)}
        y={plot.top + 3}
        textAnchor={layout.fullEnd.isBeyond ? "start" : "end"}
      >
        full cache{layout.fullEnd.isBeyond ? " ↗" : ""}
      </text>
    </g>
  );
});
