// The one sequential scale of the page, for scores and attention. Viridis, turned and trimmed so that the least value
// stays visible on either background and the greatest stands out most.
import { interpolateViridis } from "d3";

export type Theme = "light" | "dark";

/** Colour of a share of the range, 0 … 1; what lies outside is clamped. */
export function sequentialColour(share: number, theme: Theme): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return interpolateViridis(theme === "dark" ? 0.3 + 0.7 * clamped : 0.72 - 0.72 * clamped);
}

/** The scale as evenly spaced colours, for a legend. */
export function sequentialStops(theme: Theme, count: number): readonly string[] {
  return Array.from({ length: count }, (_, stop) => sequentialColour(stop / (count - 1), theme));
}
