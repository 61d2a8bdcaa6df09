// The cloud of queries that Expected Attention foretold from, and the keys that it scored, in the plane of the widest spread.
import { memo, useMemo, type MouseEvent } from "react";
import { ChartAxes } from "../../ui/ChartAxes";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { SelectionHandlers } from "../selection";
import { cloudLayout, type CloudLayout, type HeadCloud } from "./cloudLayout";
import { crosses } from "./crosses";
import { dotNear } from "./layout";
import { cloudSentence } from "./words";

const HEIGHT = 250;

interface QueryCloudChartProps extends SelectionHandlers {
  readonly cloud: HeadCloud;
  /** T_f of the run; null where it isn't known. */
  readonly futureSteps: number | null;
  /** Position pointed at or pinned. */
  readonly lit: number | null;
}

export function QueryCloudChart({ cloud, futureSteps, lit, onHover, onPin }: QueryCloudChartProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: HEIGHT });
  const layout = useMemo(() => cloudLayout(cloud, { width, height: HEIGHT }), [cloud, width]);
  const under = (event: MouseEvent<SVGSVGElement>) => dotNear(layout.keys, pointIn(event.currentTarget, event));
  const litKey = lit === null ? undefined : layout.keys.find(({ position }) => position === lit);
  const sentence = cloudSentence(cloud, futureSteps);
  return (
    <figure ref={frame} className="foretold-chart">
      <figcaption>
        <strong>Query cloud</strong> {sentence}
      </figcaption>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Query cloud and keys. ${sentence}`}
        onPointerMove={(event) => onHover(under(event)?.position ?? null, { x: event.clientX, y: event.clientY })}
        onPointerLeave={() => onHover(null)}
        onClick={(event) => {
          const key = under(event);
          if (key !== null) onPin(key.position);
        }}
      >
        <CloudMarks layout={layout} />
        {litKey !== undefined && (
          <circle className="foretold-lit" cx={litKey.x} cy={litKey.y} r={7} aria-hidden="true" />
        )}
      </svg>
    </figure>
  );
}

const CloudMarks = memo(function CloudMarks({ layout }: { readonly layout: CloudLayout }) {
  const { plot, queries, ellipses, keys, origin } = layout;
  return (
    <>
      <ChartAxes {...layout} />
      <g aria-hidden="true">
        <path
          className="foretold-zero"
          d={`M${plot.left},${origin[1]}H${plot.right}M${origin[0]},${plot.top}V${plot.bottom}`}
        />
        <path className="foretold-query" d={queries.map(([x, y]) => `M${x.toFixed(1)},${y.toFixed(1)}h0`).join("")} />
        <path className="foretold-evicted" d={crosses(keys.filter((key) => !key.isKept))} />
        {keys
          .filter((key) => key.isKept)
          .map(({ position, x, y }) => (
            <circle key={position} className="foretold-kept" cx={x} cy={y} r={3.2} />
          ))}
        {ellipses.map(({ x, y, rx, ry, degrees }, member) => (
          <ellipse
            key={member}
            className="foretold-ellipse"
            rx={rx}
            ry={ry}
            transform={`translate(${x.toFixed(1)},${y.toFixed(1)}) rotate(${degrees.toFixed(1)})`}
          />
        ))}
      </g>
    </>
  );
});
