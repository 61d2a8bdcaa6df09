// The marks of the score chart: bars, markers, cut-off, axis, labels. Redrawn only when the event, head or order changes.
import { memo } from "react";
import { writtenNumber } from "../../ui/numbers";
import { crossPath } from "../TokenTip";
import type { ScoreBar, ScoreLayout } from "./layout";

export const ScoreBars = memo(function ScoreBars({ layout }: { readonly layout: ScoreLayout }) {
  return (
    <g aria-hidden="true">
      <Axis layout={layout} />
      <Window layout={layout} />
      {layout.bars.map((bar) => (
        <Bar key={bar.slot} bar={bar} layout={layout} />
      ))}
      <CutOff layout={layout} />
      {layout.labels.map((bar) => (
        <Label key={bar.slot} bar={bar} layout={layout} />
      ))}
    </g>
  );
});

function Axis({ layout }: { readonly layout: ScoreLayout }) {
  const { plotLeft, width, zeroY } = layout;
  return (
    <>
      {layout.ticks.map(({ y, label }) => (
        <g key={label} className="axis">
          <line className="grid-line" x1={plotLeft} x2={width - 8} y1={y} y2={y} />
          <text x={plotLeft - 6} y={y + 3.5} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      <line className="zero-line" x1={plotLeft} x2={width - 8} y1={zeroY} y2={zeroY} />
      <text
        className="axis-title"
        transform={`translate(10,${(layout.plotTop + layout.plotBottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {layout.axisTitle}
      </text>
    </>
  );
}

function Window({ layout }: { readonly layout: ScoreLayout }) {
  const { window, plotTop, plotBottom } = layout;
  return (
    <>
      <rect className="score-window" x={window.x} y={plotTop} width={window.width} height={plotBottom - plotTop} />
      {window.width > 60 && (
        <text className="score-window-label" x={window.x + window.width / 2} y={plotBottom + 14} textAnchor="middle">
          window: kept
        </text>
      )}
    </>
  );
}

interface BarProps {
  readonly bar: ScoreBar;
  readonly layout: ScoreLayout;
}

function Bar({ bar, layout }: BarProps) {
  const { barWidth } = layout;
  const centre = bar.x + barWidth / 2;
  const reach = Math.min(3, Math.max(2.2, barWidth / 2));
  const side = bar.isKept ? "kept" : "evicted";
  return (
    <>
      {bar.gain !== null && (
        <rect className={`bar-gain-${side}`} x={bar.x} y={bar.gain.y} width={barWidth} height={bar.gain.height} />
      )}
      {bar.gain !== null && bar.winner === "history" && <Rings bar={bar} width={barWidth} />}
      {bar.loss !== null && (
        <rect className={`bar-loss-${side}`} x={bar.x} y={bar.loss.y} width={barWidth} height={bar.loss.height} />
      )}
      {bar.gain === null && bar.total > 0 && (
        <rect
          className={`bar-gain-${side}`}
          x={bar.x}
          y={layout.plotTop}
          width={barWidth}
          height={layout.zeroY - layout.plotTop}
        />
      )}
      {bar.isKept ? (
        <circle className="mark-kept" cx={centre} cy={bar.totalY} r={reach} />
      ) : (
        <path className="mark-evicted" d={crossPath(centre, bar.totalY, reach)} />
      )}
    </>
  );
}

/** Rings across a bar, as of a tree: what it has comes from the past. */
function Rings({ bar, width }: { readonly bar: ScoreBar; readonly width: number }) {
  if (bar.gain === null) return null;
  const rings: string[] = [];
  for (let y = bar.gain.y + 2.5; y < bar.gain.y + bar.gain.height; y += 3) rings.push(`M${bar.x},${y}h${width}`);
  return <path className="bar-rings" d={rings.join("")} />;
}

function CutOff({ layout }: { readonly layout: ScoreLayout }) {
  const { cutOffY, plotLeft, window } = layout;
  const isNearTop = cutOffY < layout.plotTop + 14;
  return (
    <>
      <line className="cut-off" x1={plotLeft} x2={window.x + window.width} y1={cutOffY} y2={cutOffY} />
      <text
        className="cut-off-label"
        x={window.x + window.width - 3}
        y={isNearTop ? cutOffY + 12 : cutOffY - 4}
        textAnchor="end"
      >
        cut-off {writtenNumber(layout.cutOff)}
      </text>
    </>
  );
}

function Label({ bar, layout }: BarProps) {
  const x = bar.x + layout.barWidth / 2 + 3;
  return (
    <text
      className={bar.isKept ? "bar-label" : "bar-label bar-label-evicted"}
      transform={`translate(${x},${layout.plotBottom + 5}) rotate(-90)`}
      textAnchor="end"
    >
      {bar.text.length > 9 ? `${bar.text.slice(0, 8)}…` : bar.text}
    </text>
  );
}
