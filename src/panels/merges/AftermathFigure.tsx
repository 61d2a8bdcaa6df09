// What an event does to the queries after it, on request: a curve for each way to treat what it evicted, and the means by head.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { AFTERMATH_QUERIES, type MergeAftermath } from "../../trace/merges";
import type { EvictionEvent, Trace } from "../../trace/trace";
import type { AftermathState } from "../../state/mergeAftermath";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { aftermathLayout, aftermathMeans, changeNames, type ChangeName } from "./layout";

interface AftermathFigureProps {
  readonly trace: Trace;
  readonly event: EvictionEvent;
  readonly head: number;
  /** Of this event; null before it was asked for. */
  readonly figures: MergeAftermath | null;
  readonly state: AftermathState;
  readonly onAsk: () => void;
}

const HEIGHT = 170;

export function AftermathFigure({ trace, event, head, figures, state, onAsk }: AftermathFigureProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: HEIGHT });
  const isAtEnd = trace.steps.length - 1 <= event.step;
  const title = "What it does to the next queries";
  if (figures === null) {
    return (
      <figure ref={frame} className="merges-figure">
        <figcaption>
          <strong>{title}</strong> {reasonFor(event, state, isAtEnd)}
        </figcaption>
        {!isAtEnd && state.aftermathOf !== event && (
          <button type="button" className="link-button" data-not-exported onClick={onAsk}>
            {askText(Math.min(AFTERMATH_QUERIES, trace.steps.length - 1 - event.step))}
          </button>
        )}
      </figure>
    );
  }
  const layout = aftermathLayout(figures, head, { width, height: HEIGHT });
  return (
    <figure ref={frame} className="merges-figure merges-aftermath">
      <figcaption>
        <strong>{title}</strong> in the focused head, had they still seen every slot: as the event did it, and three
        other ways
      </figcaption>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label="Change of the output, in per cent, by query since the event, for four ways to treat the evicted."
      >
        <ChartAxes {...layout} xTitle="query since the event" yTitle="change, %" />
        <g aria-hidden="true">
          {changeNames.map((name) => (
            <path key={name} className={`merges-line merges-line-${name}`} d={layout.paths[name]} />
          ))}
          <LineLabels labels={layout.labels} right={layout.plot.right} />
        </g>
      </svg>
      <MeansTable trace={trace} head={head} figures={figures} />
    </figure>
  );
}

function askText(count: number): string {
  return count === 1 ? "Measure the next query" : `Measure the next ${count} queries`;
}

function reasonFor(event: EvictionEvent, { aftermathOf, aftermathFailure }: AftermathState, isAtEnd: boolean): string {
  if (isAtEnd) return "No step follows this event.";
  if (aftermathOf === event) return "The run is being repeated with this event left out.";
  if (aftermathFailure !== null) return `It could not be measured: ${aftermathFailure}`;
  return "The run is repeated on the CPU with this event left out, fed the same tokens.";
}

const columnNames: Readonly<Record<ChangeName, string>> = {
  evicted: "dropped",
  convex: "averaged",
  zip: "ZIP",
  merged: "as done",
};

interface MeansTableProps {
  readonly trace: Trace;
  readonly head: number;
  readonly figures: MergeAftermath;
}

/** Mean over the queries after the event: the focused head first, then the others. */
function MeansTable({ trace, head, figures }: MeansTableProps) {
  const means = aftermathMeans(figures);
  const { model } = trace.header;
  const others = Array.from({ length: headCountOf(model) }, (_, at) => at).filter((at) => at !== head);
  const queryCount = figures.changes.length - 1;
  return (
    <div className="merges-means" role="region" aria-label="Mean change by head" tabIndex={0}>
      <table>
        <caption>mean of the {queryCount} queries after it, by head</caption>
        <thead>
          <tr>
            <th scope="col">head</th>
            {changeNames.map((name) => (
              <th key={name} scope="col">
                {columnNames[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[head, ...others].map((at) => (
            <tr key={at} className={at === head ? "merges-means-focus" : undefined}>
              <th scope="row">{`L${layerOf(model, at)} · ${kvHeadOf(model, at)}`}</th>
              {changeNames.map((name) => (
                <td key={name} className="number">
                  {writtenShare(means[name][at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
