// What the marks of the map mean, with unit and range.
import { memo } from "react";
import { SequentialLegend } from "../../ui/SequentialLegend";
import type { Theme } from "../../ui/scale";
import type { MapView } from "./layout";

interface MapLegendProps {
  readonly view: MapView;
  readonly theme: Theme;
}

export const MapLegend = memo(function MapLegend({ view, theme }: MapLegendProps) {
  const { quantity, axis } = view;
  return (
    <div className="legend">
      {quantity === "attention" && (
        <SequentialLegend label="newest query’s attention (√)" low="0" high="1" theme={theme} />
      )}
      {quantity === "score" && (
        <SequentialLegend label="score Z at the last event" low="head’s lowest" high="highest" theme={theme} />
      )}
      {quantity === "age" && <SequentialLegend label="age in steps" low="0" high="since the prompt" theme={theme} />}
      {quantity === "agreement" && (
        <SequentialLegend
          label="tall: the focused head holds it too; number: share of the cache"
          low=""
          high=""
          theme={theme}
        />
      )}
      <span className="legend-item">
        <svg width={8} height={14} aria-hidden="true">
          <rect className="fill-held" x={2} y={2} width={3} height={10} />
        </svg>
        {quantity === "agreement" ? "held here only" : quantity === "none" ? "held" : "no value yet"}
      </span>
      <span className="legend-item">
        <svg width={20} height={14} aria-hidden="true">
          <rect className="fill-window" y={6} width={20} height={3} />
        </svg>
        window
      </span>
      <span className="legend-item">
        <svg width={8} height={14} aria-hidden="true">
          <rect className="fill-evicted" x={2} y={7} width={3} height={7} />
          <line className="stroke-line" x2={8} y1={5} y2={5} />
        </svg>
        leaves now
      </span>
      <span className="legend-item">{axis === "position" ? "position in the text →" : "slot in the cache →"}</span>
    </div>
  );
});
