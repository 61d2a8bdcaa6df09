// The stored sweep: one small chart per remedy, a line per instruction, bars of one standard error.
import { useMemo } from "react";
import type { PitfallsSweep } from "../../state/storedPitfalls";
import { ChartAxes } from "../../ui/ChartAxes";
import { useElementSize } from "../../ui/useElementSize";
import { modeLabels, sweepCharts, type SweepChart } from "./layout";
import { sweepFigureLabels, type PitfallsView } from "./view";

const HEIGHT = 170;

export function SweepCharts({ sweep, view }: { readonly sweep: PitfallsSweep; readonly view: PitfallsView }) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 300, height: HEIGHT });
  const charts = useMemo(
    () => sweepCharts(sweep, view, { width: Math.max(200, width), height: HEIGHT }),
    [sweep, view, width],
  );
  return (
    <div ref={frame} className="pitfalls-charts">
      {charts.map((chart) => (
        <SweepFigure key={chart.mode} chart={chart} view={view} />
      ))}
    </div>
  );
}

function SweepFigure({ chart, view }: { readonly chart: SweepChart; readonly view: PitfallsView }) {
  const { mode, lines, size } = chart;
  const words = lines
    .map(({ label, points }) => `${label}: ${points.map(({ figure }) => Math.round(100 * figure.mean)).join(", ")} %`)
    .join("; ");
  return (
    <figure className="pitfalls-chart">
      <figcaption>{modeLabels[mode]}</figcaption>
      <svg
        width={size.width}
        height={size.height}
        role="img"
        aria-label={`${modeLabels[mode]}, ${sweepFigureLabels[view.figure]} by share evicted. ${words}`}
      >
        <ChartAxes {...chart} xTitle="prompt evicted, %" yTitle={`${sweepFigureLabels[view.figure]}, %`} />
        <g aria-hidden="true">
          {lines.map(({ id, path, points }) => (
            <g key={id} className={`pitfalls-line pitfalls-${id}`}>
              <path d={path} />
              {points.map(({ ratio, x, y, low, high }) => (
                <g key={ratio}>
                  <line x1={x} x2={x} y1={low} y2={high} />
                  <circle cx={x} cy={y} r={3} />
                </g>
              ))}
            </g>
          ))}
        </g>
      </svg>
    </figure>
  );
}
