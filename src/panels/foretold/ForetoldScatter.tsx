// One head's tokens at one event: what the score said of each, and what it received.
import { memo, useMemo, type MouseEvent } from "react";
import type { ForetoldSpan, HeadForetold } from "../../trace/foretold";
import { ChartAxes } from "../../ui/ChartAxes";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { SelectionHandlers } from "../selection";
import { crosses } from "./crosses";
import { dotNear, scatterLayout, type ScatterLayout } from "./layout";
import type { ForetoldView } from "./view";
import { caughtSentence, correlationText } from "./words";

const HEIGHT = 250;

interface ForetoldScatterProps extends SelectionHandlers {
  readonly tested: HeadForetold;
  readonly symbol: string;
  readonly span: ForetoldSpan;
  readonly axes: ForetoldView["axes"];
  /** Position pointed at or pinned. */
  readonly lit: number | null;
}

export function ForetoldScatter({ tested, symbol, span, axes, lit, onHover, onPin }: ForetoldScatterProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: HEIGHT });
  const layout = useMemo(
    () => scatterLayout(tested, { axes, symbol, size: { width, height: HEIGHT } }),
    [tested, axes, symbol, width],
  );
  const under = (event: MouseEvent<SVGSVGElement>) => dotNear(layout.dots, pointIn(event.currentTarget, event));
  const litDot = lit === null ? undefined : layout.dots.find(({ position }) => position === lit);
  const correlation = correlationText(tested);
  return (
    <figure ref={frame} className="foretold-chart">
      <figcaption>
        <strong>Rank correlation {correlation}</strong> {caughtSentence(tested)}
      </figcaption>
      {layout.dots.length === 0 ? (
        <p className="panel-empty">No scored token of this head can be compared at this event.</p>
      ) : (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${symbol} at step ${span.event.step} against attention received: rank correlation ${correlation}.`}
          onPointerMove={(event) => onHover(under(event)?.position ?? null, { x: event.clientX, y: event.clientY })}
          onPointerLeave={() => onHover(null)}
          onClick={(event) => {
            const dot = under(event);
            if (dot !== null) onPin(dot.position);
          }}
        >
          <ScatterMarks layout={layout} />
          {litDot !== undefined && (
            <circle className="foretold-lit" cx={litDot.x} cy={litDot.y} r={7} aria-hidden="true" />
          )}
        </svg>
      )}
    </figure>
  );
}

const ScatterMarks = memo(function ScatterMarks({ layout }: { readonly layout: ScatterLayout }) {
  const { plot, dots, cutX } = layout;
  return (
    <>
      <ChartAxes {...layout} />
      <g aria-hidden="true">
        {cutX !== null && (
          <>
            <line className="foretold-cut" x1={cutX} x2={cutX} y1={plot.top} y2={plot.bottom} />
            <text className="foretold-cut-label" x={cutX} y={plot.bottom - 5} {...labelSide(cutX, plot.right)}>
              cut
            </text>
          </>
        )}
        <path className="foretold-evicted" d={crosses(dots.filter((dot) => !dot.isKept))} />
        {dots
          .filter((dot) => dot.isKept)
          .map(({ position, x, y }) => (
            <circle key={position} className="foretold-kept" cx={x} cy={y} r={3.2} />
          ))}
      </g>
    </>
  );
});

function labelSide(at: number, right: number): { readonly dx: number; readonly textAnchor: "start" | "end" } {
  return at > right - 30 ? { dx: -4, textAnchor: "end" } : { dx: 4, textAnchor: "start" };
}
