// The rank correlation of the focused head and of all, event by event, over the band of what chance gives. A click moves the
// clock to an event.
import { latestOf } from "../../trace/latest";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import { comparableEvents, meanCorrelation, type ForetoldWork } from "./foretoldWork";
import { eventsLayout } from "./layout";
import { twoDigits } from "./words";

const HEIGHT = 250;

interface EventsChartProps {
  readonly work: ForetoldWork;
  readonly head: number;
  readonly shownStep: number;
  readonly onMove: (step: number) => void;
}

export function EventsChart({ work, head, shownStep, onMove }: EventsChartProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: HEIGHT });
  // Results are added to the same lists while they are computed.
  const doneCount = work.events.reduce((sum, { heads }) => sum + heads.length, 0);
  const layout = latestOf(work, ["eventsLayout", doneCount, head, shownStep, width], () =>
    eventsLayout(work.events, { head, shownStep, size: { width, height: HEIGHT } }),
  );
  const own = comparableEvents(work.events).flatMap(({ heads }) => heads.slice(head, head + 1));
  const mean = meanCorrelation(own);
  const figures =
    mean === null ? "–" : `mean ${twoDigits(mean.mean)} (n = ${mean.count}), chance 0 ± ${twoDigits(mean.band)}`;
  return (
    <figure ref={frame} className="foretold-chart">
      <figcaption>
        <strong>Event by event</strong> head in focus: {figures}
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">The events are being compared.</p>
      ) : (
        <svg
          className="foretold-events"
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`Rank correlation by event; head in focus ${figures}.`}
          onClick={(event) => onMove(layout.stepAt(pointIn(event.currentTarget, event).x))}
        >
          <ChartAxes {...layout} xTitle="event (step)" yTitle="rank correlation" />
          <g aria-hidden="true">
            <path className="foretold-band" d={layout.bandPath} />
            <line
              className="foretold-zero"
              x1={layout.plot.left}
              x2={layout.plot.right}
              y1={layout.zeroY}
              y2={layout.zeroY}
            />
            {layout.shownX !== null && (
              <line
                className="foretold-cut"
                x1={layout.shownX}
                x2={layout.shownX}
                y1={layout.plot.top}
                y2={layout.plot.bottom}
              />
            )}
            {layout.otherPaths.map((path, place) => (
              <path key={place} className="foretold-other" d={path} />
            ))}
            <path className="foretold-mean" d={layout.meanPath} />
            <path className="foretold-head" d={layout.headPath} />
            {layout.dots.map(({ step, x, y, isFair }) => (
              <circle
                key={step}
                className={isFair ? "foretold-dot" : "foretold-dot foretold-dot-hollow"}
                cx={x}
                cy={y}
                r={3.2}
              />
            ))}
            <LineLabels labels={layout.labels} right={layout.plot.right} />
          </g>
        </svg>
      )}
    </figure>
  );
}
