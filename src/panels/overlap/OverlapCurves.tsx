// The curves of the window overlap: agreement with the last window against the share that is kept, and the survivors from
// event to event.
import { memo, useMemo } from "react";
import { counted } from "../../lib/counted";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import { curveLayout, survivorsLayout, type CurveName } from "./layout";
import type { LayerOverlap, OverlapWork } from "./overlapWork";
import { survivorShares } from "./survivors";

const HEIGHT = 214;

interface OverlapCurveProps {
  readonly name: CurveName;
  /** Those computed so far that have candidates. */
  readonly layers: readonly LayerOverlap[];
  readonly work: OverlapWork;
  readonly focusLayer: number;
  readonly place: number;
}

/** Every layer thin, their mean thick, chance dashed. */
export const OverlapCurve = memo(function OverlapCurve(props: OverlapCurveProps) {
  const { name, layers, work, focusLayer, place } = props;
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 300, height: HEIGHT });
  const layout = useMemo(
    () => curveLayout(layers, { name, place, focusLayer, size: { width, height: HEIGHT } }),
    [layers, name, place, focusLayer, width],
  );
  const earlierCount = work.windowLabels.length - 1;
  const title =
    name === "union" && earlierCount > 1 ? `All ${earlierCount} earlier windows together` : "One earlier window";
  const figures = `${writtenShare(layout.mean)}, chance ${writtenShare(layout.chance)}`;
  return (
    <figure ref={frame} className="overlap-chart">
      <figcaption>
        <strong>{title}</strong> {figures}
      </figcaption>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${title} agrees with the last window on ${figures}, mean of ${counted(layers.length, "layer")}.`}
      >
        <ChartAxes {...layout} xTitle="share kept ρ, %" yTitle="agreement, %" />
        <g aria-hidden="true">
          {layout.zeroX !== null && (
            <rect
              className="overlap-zero"
              x={layout.zeroX}
              y={layout.plot.top}
              width={layout.plot.right - layout.zeroX}
              height={layout.plot.bottom - layout.plot.top}
            />
          )}
          {layout.layers.map(({ layer, path, isFocused }) => (
            <path key={layer} className={isFocused ? "overlap-focused" : "overlap-layer"} d={path} />
          ))}
          <path className="overlap-chance" d={layout.chancePath} />
          <path className="overlap-mean" d={layout.meanPath} />
          <line
            className="overlap-marker"
            x1={layout.marker.x}
            x2={layout.marker.x}
            y1={layout.plot.top}
            y2={layout.plot.bottom}
          />
          <circle className="overlap-marker-dot" cx={layout.marker.x} cy={layout.marker.meanY} r={4} />
          <circle className="overlap-marker-ring" cx={layout.marker.x} cy={layout.marker.chanceY} r={3.5} />
          <LineLabels labels={layout.labels} right={layout.plot.right} />
        </g>
      </svg>
    </figure>
  );
});

interface SurvivorsChartProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  /** How many events back the survivors of each event are compared with. */
  readonly lag: number;
}

/** How much of what an event keeps was kept before, in the focused head and in all. */
export const SurvivorsChart = memo(function SurvivorsChart({ trace, step, focus, lag }: SurvivorsChartProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 300, height: HEIGHT });
  const eventCount = eventCountAfterStep(trace, step);
  const head = focusHead(trace.header.model, focus);
  const shares = useMemo(() => survivorShares(trace, eventCount, lag), [trace, eventCount, lag]);
  const layout = useMemo(
    () => (shares.length === 0 ? null : survivorsLayout(shares, head, { width, height: HEIGHT })),
    [shares, head, width],
  );
  const last = shares.at(-1);
  const figures =
    last === undefined
      ? "not yet"
      : `${writtenShare(last.heads[head])} at step ${last.step}, chance ${writtenShare(last.chance)}`;
  return (
    <figure ref={frame} className="overlap-chart">
      <figcaption>
        <strong>Survivors also kept {lag === 1 ? "at the event before" : `${lag} events before`}</strong>{" "}
        {shortFocusLabel(focus)}: {figures}
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">{noSurvivorsReason(trace, lag)}</p>
      ) : (
        <svg width={width} height={HEIGHT} role="img" aria-label={`${shortFocusLabel(focus)} keeps ${figures}.`}>
          <ChartAxes {...layout} xTitle="event (step)" yTitle="kept before, %" />
          <g aria-hidden="true">
            <path className="overlap-chance" d={layout.chancePath} />
            <path className="overlap-layer" d={layout.meanPath} />
            <path className="overlap-mean" d={layout.headPath} />
            {layout.dots.map((dot) => (
              <circle key={dot.step} className="overlap-dot" cx={dot.x} cy={dot.y} r={3} />
            ))}
            <LineLabels labels={layout.labels} right={layout.plot.right} />
          </g>
        </svg>
      )}
    </figure>
  );
});

function noSurvivorsReason(trace: Trace, lag: number): string {
  return trace.header.policyId === "fullCache"
    ? "The full cache keeps everything: there are no events to compare."
    : `An event with ${lag} before it is needed to compare: move on to a later step, or choose fewer windows.`;
}
