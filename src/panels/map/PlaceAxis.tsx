// The axis under a column of strips: positions in the text, or slots.
import { memo } from "react";
import type { MapGeometry } from "./geometry";

export const PlaceAxis = memo(function PlaceAxis({ geometry }: { readonly geometry: MapGeometry }) {
  const { cellWidth, x } = geometry;
  return (
    <svg className="axis" width={cellWidth + 2} height={16} aria-hidden="true">
      {x.ticks(Math.max(2, Math.floor(cellWidth / 60))).map((tick) => (
        <g key={tick} transform={`translate(${x(tick) + 1},0)`}>
          <line y2={3} />
          <text y={13} textAnchor={tick === 0 ? "start" : x(tick) > cellWidth - 12 ? "end" : "middle"}>
            {tick}
          </text>
        </g>
      ))}
    </svg>
  );
});
