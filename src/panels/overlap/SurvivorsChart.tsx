// From event to event: how much of what is kept had been kept before, in the focused head and in all.
import { memo, useMemo } from "react";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import { survivorShares, survivorsLayout } from "./survivors";

interface SurvivorsChartProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  /** Events between those whose survivors are compared. */
  readonly lag: number;
}

const HEIGHT = 214;

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
        <strong>Survivors that survived {lag === 1 ? "the event before" : `${lag} events before`}</strong>{" "}
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
