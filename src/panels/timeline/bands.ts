// Stretches of steps as bands of the chart. Pure.
import type { ScaleLinear } from "d3";
import type { StepRange } from "../../state/timeAxis";
import type { Sight, Stretch } from "./windows";

export interface Band {
  readonly x: number;
  readonly width: number;
}

/** From half a step before a range to half a step behind it, as far as it is in sight. */
export function bandIn(visible: StepRange, x: ScaleLinear<number, number>): (range: StepRange) => Band | null {
  return ({ from, to }) => {
    const [start, end] = [Math.max(visible.from, from - 0.5), Math.min(visible.to, to + 0.5)];
    return end <= start ? null : { x: x(start), width: Math.max(1, x(end) - x(start)) };
  };
}

export function bands(all: readonly Stretch[], sight: Sight, band: (range: StepRange) => Band | null): readonly Band[] {
  return all.flatMap((stretch) => (stretch.sight === sight ? (band(stretch) ?? []) : []));
}
