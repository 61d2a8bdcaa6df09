// Agreement with the last window against the share that is kept: every layer thin, their mean thick, chance dashed.
import { memo, useMemo } from "react";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { curveLayout, type CurveName } from "./layout";
import type { LayerOverlap } from "./meanOverlap";
import type { OverlapWork } from "./overlapWork";

interface OverlapCurveProps {
  readonly name: CurveName;
  /** Those computed so far that have candidates. */
  readonly layers: readonly LayerOverlap[];
  readonly work: OverlapWork;
  readonly focusLayer: number;
  readonly place: number;
}

const HEIGHT = 214;

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
        aria-label={`${title} agrees with the last window on ${figures}, in the mean of ${layers.length} layers.`}
      >
        <ChartAxes {...layout} xTitle="share kept ρ, %" yTitle="agreement, %" />
        <g aria-hidden="true">
          {layout.untoldX !== null && (
            <rect
              className="overlap-untold"
              x={layout.untoldX}
              y={layout.plot.top}
              width={layout.plot.right - layout.untoldX}
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
