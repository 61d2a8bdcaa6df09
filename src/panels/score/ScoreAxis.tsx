// The value axis of the score chart. It stands beside the bars, so that it stays when they are scrolled.
import { memo } from "react";
import type { ScoreLayout } from "./layout";

export const AXIS_WIDTH = 46;

export const ScoreAxis = memo(function ScoreAxis({
  layout,
  hasSlots,
}: {
  readonly layout: ScoreLayout;
  readonly hasSlots: boolean;
}) {
  const { height, plotTop, plotBottom, ticks, axisTitle } = layout;
  return (
    <svg className="score-axis axis" width={AXIS_WIDTH} height={height} aria-hidden="true">
      {ticks.map(({ y, label }, place) => (
        <text key={place} x={AXIS_WIDTH - 3} y={y + 3.5} textAnchor="end">
          {label}
        </text>
      ))}
      <text
        className="axis-title"
        transform={`translate(11,${(plotTop + plotBottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {axisTitle}
      </text>
      {hasSlots && (
        <text x={AXIS_WIDTH - 3} y={plotBottom + 25} textAnchor="end">
          slot
        </text>
      )}
    </svg>
  );
});
