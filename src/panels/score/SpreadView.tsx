// How the parts are spread over the candidates, and how much of the eviction each explains.
import { memo, useId, useMemo } from "react";
import { scaleLinear } from "d3";
import type { TraceHeader } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import { LegendItem } from "../../ui/LegendItem";
import { useElementSize } from "../../ui/useElementSize";
import type { Candidates } from "./candidates";
import { rectPath } from "./paths";
import { explainedBy, spreadOf, type Histogram, type Spread, type SpreadBin } from "./spread";
import { explainedSentence, noSpreadReason } from "./words";

interface SpreadViewProps {
  readonly header: TraceHeader;
  readonly candidates: Candidates;
}

const LEAST_HEIGHT = 200;
const STACKED_HEIGHT = 340;

export function SpreadView({ header, candidates }: SpreadViewProps) {
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 640, height: 240 });
  const spread = useMemo(() => spreadOf(candidates), [candidates]);
  const explained = useMemo(() => explainedBy(candidates), [candidates]);
  const least = size.width < STACKED_BELOW ? STACKED_HEIGHT : LEAST_HEIGHT;
  if (explained === null) {
    return <p className="panel-empty">{noSpreadReason(header)}</p>;
  }
  return (
    <>
      <div ref={frame} className="score-spread" style={{ minHeight: least }}>
        <SpreadChart spread={spread} width={size.width} height={Math.max(least, size.height)} />
      </div>
      <p className="score-note">{explainedSentence(explained)}</p>
      <div className="legend">
        <span className="legend-item">number of candidates, by their figure as it enters Z (no unit, one scale)</span>
        <LegendItem sign={<rect className="bar-gain-kept" width={10} height={12} />} width={10}>
          kept
        </LegendItem>
        <LegendItem sign={<EvictedSign />} width={11}>
          evicted
        </LegendItem>
        <LegendItem sign={<line className="spread-median" x1={4} x2={4} y1={0} y2={12} />} width={8}>
          median
        </LegendItem>
      </div>
    </>
  );
}

function EvictedSign() {
  return (
    <>
      <path className="spread-evicted" fill="none" d="M0.5,0.5h10v11h-10z" />
      <path className="spread-hatch" d="M0.5,5l4.5,-4.5M0.5,11.5l10,-10M6,11.5l4.5,-4.5" />
    </>
  );
}

interface SpreadChartProps {
  readonly spread: Spread;
  readonly width: number;
  readonly height: number;
}

/** In less width than this the histograms are stacked. */
const STACKED_BELOW = 500;
const GAP = 20;
const LEFT = 30;
const TOP = 40;
const BOTTOM = 22;

/** Two histograms on one scale: the attention part, heavy-tailed, and the redundancy, narrow. Kept below, evicted above. */
const SpreadChart = memo(function SpreadChart({ spread, width, height }: SpreadChartProps) {
  const { histograms } = spread;
  const isStacked = width < STACKED_BELOW;
  const share = (length: number): number => (length - GAP * (histograms.length - 1)) / histograms.length;
  const each = isStacked ? { width, height: share(height) } : { width: share(width), height };
  const hatch = useId();
  return (
    <svg className="score-chart" role="img" aria-label={spreadSummary(spread)} width={width} height={height}>
      <defs>
        <pattern id={hatch} width={4} height={4} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className="spread-hatch" x1={0} x2={0} y1={0} y2={4} />
        </pattern>
      </defs>
      {histograms.map((histogram, place) => (
        <g
          key={histogram.name}
          transform={
            isStacked ? `translate(0,${place * (each.height + GAP)})` : `translate(${place * (each.width + GAP)},0)`
          }
          aria-hidden="true"
        >
          <HistogramMarks histogram={histogram} spread={spread} size={each} hatch={hatch} />
        </g>
      ))}
    </svg>
  );
});

interface HistogramMarksProps {
  readonly histogram: Histogram;
  readonly spread: Spread;
  readonly size: { readonly width: number; readonly height: number };
  readonly hatch: string;
}

function HistogramMarks({ histogram, spread, size, hatch }: HistogramMarksProps) {
  const x = scaleLinear([0, spread.high], [LEFT, size.width - 6]);
  const y = scaleLinear([0, spread.highestCount], [size.height - BOTTOM, TOP]).nice(4);
  const { title, symbol, bins, median, quartiles } = histogram;
  const path = (from: (bin: SpreadBin) => number, to: (bin: SpreadBin) => number): string =>
    bins
      .filter((bin) => to(bin) > from(bin))
      .map((bin) => {
        const [top, bottom] = [y(to(bin)), y(from(bin))];
        return rectPath(x(bin.from) + 0.5, { y: top, height: bottom - top }, x(bin.to) - x(bin.from) - 1);
      })
      .join("");
  const evicted = path(
    (bin) => bin.keptCount,
    (bin) => bin.keptCount + bin.evictedCount,
  );
  return (
    <>
      <text className="spread-title" x={LEFT} y={13}>
        {title}
      </text>
      <text className="spread-note" x={LEFT} y={29}>
        median {symbol} {writtenNumber(median)}, middle half {writtenNumber(quartiles[0])}–{writtenNumber(quartiles[1])}
      </text>
      <path
        className="score-grid"
        d={y
          .ticks(4)
          .map((tick) => `M${LEFT},${y(tick)}H${size.width - 6}`)
          .join("")}
      />
      <path
        className="bar-gain-kept"
        d={path(
          () => 0,
          (bin) => bin.keptCount,
        )}
      />
      <path className="spread-evicted" d={evicted} fill={`url(#${hatch})`} />
      <line className="spread-median" x1={x(median)} x2={x(median)} y1={TOP - 6} y2={size.height - BOTTOM} />
      <g className="axis">
        {y
          .ticks(4)
          .filter(Number.isInteger)
          .map((tick) => (
            <text key={tick} x={LEFT - 4} y={y(tick) + 4} textAnchor="end">
              {tick}
            </text>
          ))}
        {x.ticks(Math.max(2, Math.floor(size.width / 70))).map((tick) => (
          <text key={tick} x={x(tick)} y={size.height - 6} textAnchor={tick === spread.high ? "end" : "middle"}>
            {x.tickFormat(4)(tick)}
          </text>
        ))}
      </g>
    </>
  );
}

function spreadSummary({ histograms }: Spread): string {
  return histograms
    .map(({ title, median, quartiles: [low, high] }) => {
      return `Histogram of ${title}: median ${writtenNumber(median)}, middle half from ${writtenNumber(low)} to ${writtenNumber(high)}.`;
    })
    .join(" ");
}
