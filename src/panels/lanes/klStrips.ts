// How far each lane's distribution lies from the full cache's, step by step: a strip per lane, all on one scale. The
// square root lets small divergences be seen beside great ones and keeps zero at the bottom. Pure.
import { area, max, scaleSqrt, type ScaleLinear } from "d3";
import type { LaneRun } from "../../state/shownRuns";
import { comparisonSeries } from "../../trace/compare/laneComparison";

export interface KlLane {
  readonly lane: number;
  readonly path: string;
  /** Ticks where the most probable token is another one than the full cache's. */
  readonly otherTopPath: string;
  readonly otherTopCount: number;
  readonly stepCount: number;
  /** The greatest of this lane, in nats. */
  readonly highestNats: number;
}

export interface KlStrips {
  /** The greatest of all lanes and steps, in nats: the top of every strip. */
  readonly highestNats: number;
  /** Half of the strip's height stands for this much. */
  readonly middleNats: number;
  readonly lanes: readonly KlLane[];
}

export const STRIP_HEIGHT = 36;
/** Ticks hang below the base line. */
export const STRIP_BASE = 28;

/** Of the lanes that were compared with the full cache. */
export function klStrips(lanes: readonly LaneRun[], x: ScaleLinear<number, number>): KlStrips {
  const compared = lanes.flatMap(({ trace, stepCount }, lane) => {
    const series = comparisonSeries(trace);
    if (series === null) return [];
    return [{ lane, stepCount, series, highestNats: max(series.klNats.slice(0, stepCount)) ?? 0 }];
  });
  const highestNats = max(compared, (lane) => lane.highestNats) ?? 0;
  const y = scaleSqrt([0, highestNats === 0 ? 1 : highestNats], [STRIP_BASE, 2]);
  return {
    highestNats,
    middleNats: y.invert((STRIP_BASE + 2) / 2),
    lanes: compared.map(({ lane, stepCount, series, highestNats: ofLane }) => {
      const otherTops = series.otherTopSteps.filter((step) => step < stepCount);
      const columns = new Set(otherTops.map((step) => Math.round(x(step))));
      return {
        lane,
        stepCount,
        highestNats: ofLane,
        path: stripPath(series.klNats, stepCount, x, y),
        otherTopPath: Array.from(columns, (column) => `M${column + 0.5},${STRIP_BASE + 2}v5`).join(""),
        otherTopCount: otherTops.length,
      };
    }),
  };
}

/** Where several steps share a pixel the greatest of them is drawn: a spike is never lost. */
function stripPath(
  klNats: readonly number[],
  stepCount: number,
  x: ScaleLinear<number, number>,
  y: (nats: number) => number,
): string {
  const [left, stepWidth] = [x(0), x(1) - x(0)];
  const columns = new Map<number, number>();
  for (let step = 0; step < stepCount; step++) {
    const column = Math.round(left + step * stepWidth);
    columns.set(column, Math.max(columns.get(column) ?? 0, klNats[step]));
  }
  const shape = area<readonly [number, number]>()
    .x(([column]) => column)
    .y0(STRIP_BASE)
    .y1(([, nats]) => y(nats))
    .digits(1);
  return shape([...columns]) ?? "";
}
