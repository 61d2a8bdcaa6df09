// The stored sweep: one small chart per remedy, a line per instruction or reading, bars of one standard error.
import { useMemo } from "react";
import type { PitfallsFigure, PitfallsSweep } from "../../state/storedPitfalls";
import { ChartAxes } from "../../ui/ChartAxes";
import { useElementSize } from "../../ui/useElementSize";
import { lineLabels, modeLabels, signed, sweepCharts, type SweepChart } from "./layout";
import { sweepFigureLabels, type PitfallsView, type SweepFigure } from "./view";

const HEIGHT = 170;

export function SweepCharts({ sweep, view }: { readonly sweep: PitfallsSweep; readonly view: PitfallsView }) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 300, height: HEIGHT });
  const charts = useMemo(
    () => sweepCharts(sweep, view, { width: Math.max(200, width), height: HEIGHT }),
    [sweep, view, width],
  );
  return (
    <>
      <p className="pitfalls-key">
        {lineLabels(sweep, view.figure).map(([id, label]) => (
          <span key={id} className={`pitfalls-key-${id}`}>
            {label}
          </span>
        ))}
        n = {sweep.problemCount} problems a point, bars ± one standard error; one event after the prompt.
        {view.figure === "margin" && (
          <>
            {" "}
            Leak margin: ln p(number) − ln p(“secret”) after “the start was”, that text being the full cache’s or the
            run’s own (where a run gets so far). Above 0, the number is the likelier word.
          </>
        )}
      </p>
      <div ref={frame} className="pitfalls-charts">
        {charts.map((chart) => (
          <SweepFigureChart key={chart.mode} chart={chart} view={view} />
        ))}
      </div>
    </>
  );
}

function SweepFigureChart({ chart, view }: { readonly chart: SweepChart; readonly view: PitfallsView }) {
  const { mode, lines, size, plot, zeroY } = chart;
  const name = sweepFigureLabels[view.figure];
  const unit = view.figure === "margin" ? "nats" : "%";
  const words = lines
    .filter(({ points }) => points.length > 0)
    .map(
      ({ label, points }) => `${label}: ${points.map(({ figure }) => written(figure, view.figure)).join(", ")} ${unit}`,
    )
    .join("; ");
  return (
    <figure className="pitfalls-chart">
      <figcaption>{modeLabels[mode]}</figcaption>
      <svg
        width={size.width}
        height={size.height}
        role="img"
        aria-label={`${modeLabels[mode]}, ${name} by share evicted. ${words === "" ? "Not measured." : words}`}
      >
        <ChartAxes {...chart} xTitle="prompt evicted, %" yTitle={`${name}, ${unit}`} />
        <g aria-hidden="true">
          {zeroY !== null && <line className="pitfalls-zero" x1={plot.left} x2={plot.right} y1={zeroY} y2={zeroY} />}
          {lines.map(({ id, path, points }) => (
            <g key={id} className={`pitfalls-line pitfalls-${id}`}>
              <path d={path} />
              {points.map(({ ratio, figure, x, y, low, high }) => (
                <g key={ratio}>
                  <line x1={x} x2={x} y1={low} y2={high} />
                  <circle cx={x} cy={y} r={3}>
                    <title>{`${written(figure, view.figure)} ${unit}, n = ${figure.count}`}</title>
                  </circle>
                </g>
              ))}
            </g>
          ))}
        </g>
      </svg>
    </figure>
  );
}

function written({ mean }: PitfallsFigure, figure: SweepFigure): string {
  return figure === "margin" ? signed(Number(mean.toFixed(1))) : String(Math.round(100 * mean));
}
