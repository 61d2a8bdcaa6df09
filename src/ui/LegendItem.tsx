// One entry of a legend: the mark, drawn small, and what it means.
import type { ReactNode } from "react";

interface LegendItemProps {
  /** SVG elements, in CSS pixels of a box of this size. */
  readonly sign: ReactNode;
  readonly width: number;
  readonly height?: number;
  readonly children: ReactNode;
}

export function LegendItem({ sign, width, height = 12, children }: LegendItemProps) {
  return (
    <span className="legend-item">
      <svg width={width} height={height} aria-hidden="true">
        {sign}
      </svg>
      <span>{children}</span>
    </span>
  );
}
