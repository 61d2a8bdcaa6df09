// The legend of the sequential scale: quantity, unit and range.
import { sequentialStops, type Theme } from "./scale";

interface SequentialLegendProps {
  /** Quantity and unit, e.g. "attention of the newest query". */
  readonly label: string;
  readonly low: string;
  readonly high: string;
  readonly theme: Theme;
}

export function SequentialLegend({ label, low, high, theme }: SequentialLegendProps) {
  const stops = sequentialStops(theme, 12);
  return (
    <span className="legend-item">
      <span>{label}</span>
      <span className="legend-bound">{low}</span>
      <svg className="legend-ramp" width={72} height={10} viewBox="0 0 72 10" aria-hidden="true">
        {stops.map((colour, stop) => (
          <rect key={stop} x={stop * 6} width={6.5} height={10} fill={colour} />
        ))}
      </svg>
      <span className="legend-bound">{high}</span>
    </span>
  );
}
