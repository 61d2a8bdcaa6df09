// How far each lane's distribution lies from the full cache's, step by step: a strip per lane, all on one scale. The
// square root lets small divergences be seen beside great ones and keeps zero at the bottom. Pure.
import { area, max, scaleSqrt, type ScaleLinear } from "d3";
import type { LaneRun } from "../../state/laneRun";
import { isCompared, klByStep } from "../../trace/loyalty";

export interface KlLane {
  readonly lane: number;
  readonly path: string;
  /** Ticks where the most probable token is another one than the full cache's. */
  readonly otherTopPath: string;
  readonly otherTopCount: number;
  readonly stepCount: number;
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
  const compared = lanes.flatMap((run, lane) =>
    isCompared(run.trace) ? [{ lane, run, nats: Array.from(klByStep(run.trace, run.stepCount), finite) }] : [],
  );
  const highestNats = max(compared, ({ nats }) => max(nats)) ?? 0;
  const y = scaleSqrt([0, highestNats === 0 ? 1 : highestNats], [STRIP_BASE, 2]);
  return {
    highestNats,
    middleNats: y.invert((STRIP_BASE + 2) / 2),
    lanes: compared.map(({ lane, run, nats }) => {
      const others = run.trace.steps
        .slice(0, run.stepCount)
        .flatMap(({ step, loyalty }) => (loyalty?.isTopAgreed === false ? [step] : []));
      const columns = new Set(others.map((step) => Math.round(x(step))));
      return {
        lane,
        path: stripPath(nats, x, y),
        otherTopPath: [...columns].map((column) => `M${column + 0.5},${STRIP_BASE + 2}v5`).join(""),
        otherTopCount: others.length,
        stepCount: run.stepCount,
      };
    }),
  };
}

/** Where several steps share a pixel the greatest of them is drawn: a spike is never lost. */
function stripPath(nats: readonly number[], x: (step: number) => number, y: (nats: number) => number): string {
  const columns = new Map<number, number>();
  nats.forEach((value, step) => {
    const column = Math.round(x(step));
    columns.set(column, Math.max(columns.get(column) ?? 0, value));
  });
  const shape = area<readonly [number, number]>()
    .x(([column]) => column)
    .y0(STRIP_BASE)
    .y1(([, value]) => y(value))
    .digits(1);
  return shape([...columns]) ?? "";
}

function finite(nats: number): number {
  return Number.isFinite(nats) ? Math.max(0, nats) : 0;
}
