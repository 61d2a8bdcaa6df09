// Next to the lifelines: age at eviction, where the kept positions lie, and the token retention ratio over the run.
import { memo, useMemo, type ReactNode } from "react";
import { counted } from "../../lib/counted";
import type { ChartFrame } from "../../ui/chart";
import { ChartAxes } from "../../ui/ChartAxes";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { retentionRatios } from "../../trace/figures";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { agesLayout, evictionAges, keptLayout, keptPositions, retentionLayout, type HistogramLayout } from "./figures";

interface LifeFiguresProps {
  readonly trace: Trace;
  readonly step: number;
  readonly axisStepCount: number;
}

const HEIGHT = 128;
const MOST_BINS = 30;

export const LifeFigures = memo(function LifeFigures({ trace, step, axisStepCount }: LifeFiguresProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 280, height: HEIGHT });
  const size = useMemo(() => ({ width, height: HEIGHT }), [width]);
  const eventCount = eventCountAfterStep(trace, step);
  const ages = useMemo(() => evictionAges(trace, eventCount, MOST_BINS), [trace, eventCount]);
  const kept = useMemo(() => keptPositions(trace, step, MOST_BINS), [trace, step]);
  const ratios = useMemo(() => retentionRatios(trace).slice(0, step + 1), [trace, step]);
  const evictionCount = ages.reduce((sum, { count }) => sum + count, 0);
  const promptCount = trace.header.promptTokens.length;
  const retained = writtenShare(ratios[ratios.length - 1]);
  const retention = useMemo(() => retentionLayout(ratios, axisStepCount, size), [ratios, axisStepCount, size]);
  return (
    <div className="lifelines-figures">
      <div ref={frame} className="lifelines-measure" />
      <Figure title="Age at eviction" figures={`${counted(evictionCount, "eviction")} from a head`}>
        {evictionCount === 0 ? (
          <p className="panel-empty">Nothing has been evicted yet.</p>
        ) : (
          <Histogram layout={agesLayout(ages, size)} xTitle="age, steps" yTitle="evictions" bar="lifelines-age" />
        )}
      </Figure>
      <Figure title="Kept positions" figures={`${retained} of the text`}>
        <Histogram
          layout={keptLayout(kept, promptCount, size)}
          xTitle="position: prompt | generated"
          yTitle="held, %"
          bar="lifelines-held"
        />
      </Figure>
      <Figure title="Token retention ratio" figures={`${retained} at step ${step}`}>
        <Picture frame={retention} label={`The cache holds ${retained} of the text at step ${step}.`}>
          <ChartAxes {...retention} xTitle="step" yTitle="held, %" />
          <path className="lifelines-ratio" d={retention.path} />
          <circle className="lifelines-dot" cx={retention.dot.x} cy={retention.dot.y} r={3.5} />
        </Picture>
      </Figure>
    </div>
  );
});

interface FigureProps {
  readonly title: string;
  readonly figures: string;
  readonly children: ReactNode;
}

function Figure({ title, figures, children }: FigureProps) {
  return (
    <figure className="lifelines-figure">
      <figcaption>
        <strong>{title}</strong> {figures}
      </figcaption>
      {children}
    </figure>
  );
}

interface PictureProps {
  readonly frame: ChartFrame;
  readonly label: string;
  readonly children: ReactNode;
}

function Picture({ frame: { size }, label, children }: PictureProps) {
  return (
    <svg width={size.width} height={size.height} role="img" aria-label={label}>
      {children}
    </svg>
  );
}

interface HistogramProps {
  readonly layout: HistogramLayout;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly bar: string;
}

function Histogram({ layout, xTitle, yTitle, bar }: HistogramProps) {
  const { bars, plot, borderX } = layout;
  const highest = bars.reduce((most, next) => (next.height > most.height ? next : most));
  return (
    <Picture frame={layout} label={`Highest: ${highest.title}.`}>
      <ChartAxes {...layout} xTitle={xTitle} yTitle={yTitle} />
      {bars.map(({ x, y, width, height, innerHeight, title }) => (
        <g key={x}>
          <rect className={bar} x={x} y={y} width={width} height={height}>
            <title>{title}</title>
          </rect>
          {innerHeight > 0 && (
            <rect
              className="lifelines-every"
              x={x}
              y={plot.bottom - innerHeight}
              width={width}
              height={innerHeight}
              pointerEvents="none"
            />
          )}
        </g>
      ))}
      {borderX !== null && (
        <line className="lifelines-border" x1={borderX} x2={borderX} y1={plot.top} y2={plot.bottom} />
      )}
    </Picture>
  );
}
