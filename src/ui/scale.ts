// The one sequential scale of the page, for scores and attention. Cividis (Nuñez et al. 2018), turned and trimmed so
// that the least value stays quietly visible on either background and the greatest stands out most.
import { interpolateCividis } from "d3";

export type Theme = "light" | "dark";

/** Colour of a share of the range, 0 … 1; what lies outside is clamped. */
export function sequentialColour(share: number, theme: Theme): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return interpolateCividis(theme === "dark" ? 0.34 + 0.66 * clamped : 0.8 - 0.8 * clamped);
}

/** The scale as evenly spaced colours, for a legend. */
export function sequentialStops(theme: Theme, count: number): readonly string[] {
  return Array.from({ length: count }, (_, stop) => sequentialColour(stop / (count - 1), theme));
}
