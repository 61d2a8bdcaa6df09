// The charts of lanes over the clock: the saw-tooth of each cache, and how far each lane's next word lies from the full
// cache's. A click or a drag moves the clock.
import { pointIn } from "../../ui/pointIn";
import { memo, useMemo, type PointerEvent, type ReactNode } from "react";
import { meanLength } from "../../cache/headRows";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import { lengthsAfterStep } from "../../trace/replay";
import { writtenNumber } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { slotsText } from "../slotsText";
import { laneClass, LaneMark } from "./LaneMark";
import { laneLabel, writtenNats } from "./laneRows";
import {
  klStrips,
  sawTooth,
  stepScale,
  STRIP_BASE,
  STRIP_HEIGHT,
  TEETH_BASE,
  TEETH_HEIGHT,
  TEETH_TOP,
  type LaneScales,
  type StepScale,
} from "./layout";

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
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 420, height: TEETH_HEIGHT });
  const x = useMemo(() => stepScale(scales, width), [scales, width]);
  const teeth = useMemo(() => sawTooth(run, scales, x), [run, scales, x]);
  const lengths = lengthsAfterStep(run.trace, step);
  const upright = (at: number) => ({ x1: at, x2: at, y1: TEETH_TOP, y2: TEETH_BASE });
  return (
    <div ref={frame} className="lane-teeth">
      <LaneChart
        lane={lane}
        label={`Cache length of ${laneLabel(lane)} over steps 0 to ${run.stepCount - 1}: ${slotsText(lengths, "slots")} at step ${step}; all lanes share a scale of 0 to ${scales.mostSlots} slots`}
        size={{ width, height: TEETH_HEIGHT, base: TEETH_BASE }}
        top={String(scales.mostSlots)}
        x={x}
        step={step}
        knobY={teeth.y(meanLength(lengths))}
        onMove={onMove}
      >
        <path className="lane-area" d={teeth.area} />
        {teeth.band !== "" && <path className="lane-band" d={teeth.band} />}
        <path className="lane-line" d={teeth.path} />
        {teeth.endX !== null && <line className="lane-end" {...upright(teeth.endX)} />}
        {parting !== null && (
          <>
            <line className="lane-parting" {...upright(x(parting))} />
            <path className="lane-parting-sign" d="M0,-4l4,4l-4,4l-4,-4z" transform={`translate(${x(parting)},4)`} />
          </>
        )}
      </LaneChart>
    </div>
  );
});

interface KlViewProps {
  readonly lanes: readonly LaneRun[];
  readonly scales: LaneScales;
  readonly shownStep: number;
  readonly onMove: (step: number) => void;
}

/** For lanes that were all fed the full cache's tokens. */
export const KlView = memo(function KlView({ lanes, scales, shownStep, onMove }: KlViewProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 900, height: STRIP_HEIGHT });
  const x = useMemo(() => stepScale(scales, width), [scales, width]);
  const strips = useMemo(() => klStrips(lanes, x), [lanes, x]);
  const highest = writtenNumber(strips.highestNats);
  return (
    <section className="lane-part" aria-label="Divergence from the full cache">
      <h3>How far the next word lies from the full cache’s</h3>
      <div ref={frame} className="lane-strips">
        {strips.lanes.map(({ lane, highestNats, otherTopCount, stepCount, path, otherTopPath }) => (
          <div key={lane}>
            <p className="lane-strip-name">
              <LaneMark lane={lane} /> {laneLabel(lane)}: at most {writtenNats(highestNats)} nats; another most probable
              token at {otherTopCount} of {stepCount} steps
            </p>
            <LaneChart
              lane={lane}
              label={`KL of ${laneLabel(lane)} to the full cache over ${stepCount} steps, on a scale of 0 to ${highest} nats`}
              size={{ width, height: STRIP_HEIGHT, base: STRIP_BASE }}
              top={highest}
              x={x}
              step={laneStep(lanes[lane], shownStep)}
              onMove={onMove}
            >
              <path className="lane-kl" d={path} />
              <path className="lane-other-top" d={otherTopPath} />
            </LaneChart>
          </div>
        ))}
      </div>
      <div className="legend">
        <span className="legend-item">
          KL(full ‖ lane) per step, 0 to {highest} nats in every strip; square-root scale: half the height is{" "}
          {writtenNumber(strips.middleNats)} nats
        </span>
        <span className="legend-item">
          <svg width={12} height={12} aria-hidden="true">
            <path className="lane-other-top" d="M3,3v7M8,3v7" />
          </svg>
          the most probable token is not the full cache’s
        </span>
      </div>
    </section>
  );
});

interface LaneChartProps {
  readonly lane: number;
  readonly label: string;
  /** `base`: where zero lies. */
  readonly size: { readonly width: number; readonly height: number; readonly base: number };
  /** The value at the top of the scale. */
  readonly top: string;
  readonly x: StepScale;
  /** Where the cursor stands. */
  readonly step: number;
  readonly knobY?: number;
  readonly onMove: (step: number) => void;
  readonly children: ReactNode;
}

function LaneChart(props: LaneChartProps) {
  const { lane, label, size, top, x, step, knobY, onMove, children } = props;
  const { width, height, base } = size;
  const [left, right] = x.range();
  const cursorX = x(step);
  const moveTo = (event: PointerEvent<SVGSVGElement>): void =>
    onMove(Math.round(x.invert(pointIn(event.currentTarget, event).x)));
  return (
    <svg
      className={`lane-chart ${laneClass(lane)}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
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
        <text x={left - 4} y={12} textAnchor="end">
          {top}
        </text>
        <text x={left - 4} y={base + 3} textAnchor="end">
          0
        </text>
        <line x1={left} x2={right} y1={base} y2={base} />
      </g>
      <g aria-hidden="true">
        {children}
        <line className="lane-cursor" x1={cursorX} x2={cursorX} y1={0} y2={height} />
        {knobY !== undefined && <circle className="lane-knob" cx={cursorX} cy={knobY} r={3.5} />}
      </g>
    </svg>
  );
}
