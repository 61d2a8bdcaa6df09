// Lanes that were all fed the full cache's tokens: how far each one's next word lies from the full cache's, on one scale.
import { memo, useMemo, type PointerEvent } from "react";
import type { LaneRun } from "../../state/shownRuns";
import { laneStep } from "../../state/shownRuns";
import { writtenNumber } from "../../ui/numbers";
import { writtenNats } from "./laneRows";
import { useElementSize } from "../../ui/useElementSize";
import { klStrips, STRIP_BASE, STRIP_HEIGHT, type KlLane } from "./klStrips";
import { stepScale, stepUnder, type LaneScales } from "./laneChart";
import { laneClass, LaneMark } from "./LaneMark";
import { laneLabel } from "./laneNames";

interface KlViewProps {
  readonly lanes: readonly LaneRun[];
  readonly scales: LaneScales;
  readonly shownStep: number;
  readonly onMove: (step: number) => void;
}

export const KlView = memo(function KlView({ lanes, scales, shownStep, onMove }: KlViewProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 900, height: STRIP_HEIGHT });
  const x = useMemo(() => stepScale(scales, width), [scales, width]);
  const strips = useMemo(() => klStrips(lanes, x), [lanes, x]);
  return (
    <section className="lane-part" aria-label="Divergence from the full cache">
      <h3>How far the next word lies from the full cache’s</h3>
      <div ref={frame} className="lane-strips">
        {strips.lanes.map((strip) => (
          <div key={strip.lane}>
            <p className="lane-strip-name">
              <LaneMark lane={strip.lane} /> {laneLabel(strip.lane)}: at most {writtenNats(strip.highestNats)} nats;
              another most probable token at {strip.otherTopCount} of {strip.stepCount} steps
            </p>
            <KlStrip
              strip={strip}
              width={width}
              cursorX={x(laneStep(lanes[strip.lane], shownStep))}
              highestNats={strips.highestNats}
              onPoint={(px) => onMove(stepUnder(x, px, scales.lastStep + 1))}
            />
          </div>
        ))}
      </div>
      <div className="legend">
        <span className="legend-item">
          KL(full ‖ lane) per step, 0 to {writtenNumber(strips.highestNats)} nats in every strip; square-root scale:
          half the height is {writtenNumber(strips.middleNats)} nats
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

interface KlStripProps {
  readonly strip: KlLane;
  readonly width: number;
  readonly cursorX: number;
  readonly highestNats: number;
  readonly onPoint: (px: number) => void;
}

function KlStrip({ strip, width, cursorX, highestNats, onPoint }: KlStripProps) {
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button === 0) onPoint(event.clientX - event.currentTarget.getBoundingClientRect().left);
  };
  return (
    <svg
      className={`lane-chart ${laneClass(strip.lane)}`}
      width={width}
      height={STRIP_HEIGHT}
      role="img"
      aria-label={`KL of ${laneLabel(strip.lane)} to the full cache over ${strip.stepCount} steps, on a scale of 0 to ${writtenNumber(highestNats)} nats`}
      onPointerDown={point}
    >
      <g className="axis" aria-hidden="true">
        <text x={26} y={11} textAnchor="end">
          {writtenNumber(highestNats)}
        </text>
        <text x={26} y={STRIP_BASE + 3} textAnchor="end">
          0
        </text>
        <line x1={30} x2={width - 6} y1={STRIP_BASE} y2={STRIP_BASE} />
      </g>
      <g aria-hidden="true">
        <path className="lane-kl" d={strip.path} />
        <path className="lane-other-top" d={strip.otherTopPath} />
        <line className="lane-cursor" x1={cursorX} x2={cursorX} y1={0} y2={STRIP_HEIGHT} />
      </g>
    </svg>
  );
}
