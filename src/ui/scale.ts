// The page's only sequential scale, for scores and attention: Cividis (Nuñez et al. 2018), reversed and trimmed so that
// the least value stays faintly visible on either background and the greatest stands out most.
import { interpolateRgb, piecewise } from "d3";

export type Theme = "light" | "dark";

/** Colour of a share of the range; clamped to 0 … 1. */
export function sequentialColour(share: number, theme: Theme): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return grades[theme][Math.round(clamped * GRADE_COUNT)];
}

/** Cividis at every sixteenth, within 2/255 of the original: d3's own module would bring all its scales, 7 kB packed. */
const cividis: (place: number) => string = piecewise<string>(interpolateRgb, [
  ...["#002051", "#012b65", "#11366c", "#26426e", "#3c4d6e", "#51586e", "#62646f", "#727071", "#7f7c75"],
  ...["#8c8877", "#9a9478", "#a9a177", "#bbaf71", "#cebd68", "#e2cb5c", "#f3da4f", "#fdea45"],
]);

/** Finer than the eye can tell apart; formatting a new colour for every mark takes longer than drawing it. */
const GRADE_COUNT = 255;

const grades: Readonly<Record<Theme, readonly string[]>> = {
  light: gradesOf((share) => 0.8 - 0.8 * share),
  dark: gradesOf((share) => 0.34 + 0.66 * share),
};

function gradesOf(place: (share: number) => number): readonly string[] {
  return Array.from({ length: GRADE_COUNT + 1 }, (_, grade) => cividis(place(grade / GRADE_COUNT)));
}

/** The scale as evenly spaced colours, for a legend. */
export function sequentialStops(theme: Theme, count: number): readonly string[] {
  return Array.from({ length: count }, (_, stop) => sequentialColour(stop / (count - 1), theme));
}
