// The saw-tooth of one lane's cache on the scale and clock of all; a click or a drag moves the clock.
import { meanLength } from "../../cache/headRows";
import { memo, useMemo, type PointerEvent } from "react";
import type { LaneRun } from "../../state/shownRuns";
import { lengthsAfterStep } from "../../trace/replay";
import { useElementSize } from "../../ui/useElementSize";
import { CHART_HEIGHT, laneChart, stepUnder, type LaneScales } from "./laneChart";
import { slotsText } from "../slotsText";
import { laneClass } from "./LaneMark";
import { laneLabel } from "./laneNames";

interface LaneTeethProps {
  readonly lane: number;
  readonly run: LaneRun;
  readonly scales: LaneScales;
  /** Of this lane. */
  readonly step: number;
  /** Where its tokens part from those of the lane on the stage. */
  readonly parting: number | null;
  readonly onMove: (step: number) => void;
}

export const LaneTeeth = memo(function LaneTeeth({ lane, run, scales, step, parting, onMove }: LaneTeethProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 420, height: CHART_HEIGHT });
  const chart = useMemo(() => laneChart(run, scales, width), [run, scales, width]);
  const { plot, x, y } = chart;
  const moveTo = (event: PointerEvent<SVGSVGElement>): void => {
    const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onMove(stepUnder(x, px, scales.lastStep + 1));
  };
  const lengths = lengthsAfterStep(run.trace, step);
  return (
    <div ref={frame} className="lane-teeth">
      <svg
        className={`lane-chart ${laneClass(lane)}`}
        width={width}
        height={chart.height}
        role="img"
        aria-label={`Cache length of ${laneLabel(lane)} over steps 0 to ${run.stepCount - 1}: ${slotsText(lengths)} slots at step ${step}; all lanes share a scale of 0 to ${scales.mostSlots} slots`}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          moveTo(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(event);
        }}
      >
        <g className="axis" aria-hidden="true">
          <text x={plot.left - 4} y={plot.top + 7} textAnchor="end">
            {scales.mostSlots}
          </text>
          <text x={plot.left - 4} y={plot.bottom + 2} textAnchor="end">
            0
          </text>
          <line x1={plot.left} x2={plot.right} y1={plot.bottom} y2={plot.bottom} />
        </g>
        <g aria-hidden="true">
          <path className="lane-area" d={chart.area} />
          {chart.band !== "" && <path className="lane-band" d={chart.band} />}
          <path className="lane-line" d={chart.path} />
          {chart.endX !== null && (
            <line className="lane-end" x1={chart.endX} x2={chart.endX} y1={plot.top} y2={plot.bottom} />
          )}
          {parting !== null && (
            <>
              <line className="lane-parting" x1={x(parting)} x2={x(parting)} y1={plot.top} y2={plot.bottom} />
              <path className="lane-parting-sign" d="M0,-4l4,4l-4,4l-4,-4z" transform={`translate(${x(parting)},4)`} />
            </>
          )}
          <line className="lane-cursor" x1={x(step)} x2={x(step)} y1={plot.top - 4} y2={plot.bottom + 4} />
          <circle className="lane-knob" cx={x(step)} cy={y(meanLength(lengths))} r={3.5} />
        </g>
      </svg>
    </div>
  );
});
