// The geometry of the lanes panel: the scales that all lanes share, the saw-tooth of each cache, the strips of KL, and
// the grid of overlaps. Pure.
import { area, max, scaleLinear, scaleSqrt, type ScaleLinear } from "d3";
import { kvHeadOf, layerOf } from "../../cache/headRows";
import type { LaneRun } from "../../state/shownRuns";
import { comparisonSeries } from "../../trace/compare/laneComparison";
import type { LaneOverlap } from "../../trace/compare/laneOverlap";
import { memoryFigures } from "../../trace/figures";
import type { ModelSummary } from "../../trace/trace";
import { sawToothArea, sawToothBand, sawToothPath } from "../timeline/sawTooth";

/** Step → CSS pixels. */
export type StepScale = ScaleLinear<number, number>;

export interface LaneScales {
  /** Of the newest step on the axis. */
  readonly lastStep: number;
  /** The longest cache of any lane. */
  readonly mostSlots: number;
}

export function laneScales(lanes: readonly LaneRun[], axisStepCount: number): LaneScales {
  const stepCount = Math.max(axisStepCount, ...lanes.map((run) => run.stepCount));
  return {
    lastStep: Math.max(1, stepCount - 1),
    mostSlots: Math.max(...lanes.map(({ trace, stepCount: known }) => memoryFigures(trace, known - 1).peakSlots)),
  };
}

const PLOT_LEFT = 30;

/** The same in every chart of the panel. Points beyond the plot stand for its first and last step. */
export function stepScale({ lastStep }: Pick<LaneScales, "lastStep">, width: number): StepScale {
  return scaleLinear([0, lastStep], [PLOT_LEFT, Math.max(PLOT_LEFT + 40, width - 6)]).clamp(true);
}

export interface SawTooth {
  readonly y: ScaleLinear<number, number>; // slots → CSS pixels
  readonly path: string;
  readonly area: string;
  /** From the shortest head to the longest; empty if they are equally long. */
  readonly band: string;
  /** Where the lane ended; null while it goes on, or if its end is that of the axis. */
  readonly endX: number | null;
}

export const TEETH_HEIGHT = 44;
export const TEETH_TOP = 5;
export const TEETH_BASE = 39;

export function sawTooth({ trace, stepCount, end }: LaneRun, scales: LaneScales, x: StepScale): SawTooth {
  const y = scaleLinear([0, scales.mostSlots], [TEETH_BASE, TEETH_TOP]);
  const range = { from: 0, to: stepCount - 1 };
  return {
    y,
    path: sawToothPath(trace, range, x, y),
    area: sawToothArea(trace, range, x, y),
    band: sawToothBand(trace, range, x, y),
    endX: end === null || stepCount - 1 >= scales.lastStep ? null : x(stepCount - 1),
  };
}

export interface KlLane {
  readonly lane: number;
  readonly path: string;
  /** Ticks where the most probable token is not the full cache's. */
  readonly otherTopPath: string;
  readonly otherTopCount: number;
  readonly stepCount: number;
  /** The highest of this lane, in nats. */
  readonly highestNats: number;
}

export interface KlStrips {
  /** The highest of all lanes and steps, in nats: the top of every strip. */
  readonly highestNats: number;
  /** What half of a strip's height stands for. */
  readonly middleNats: number;
  readonly lanes: readonly KlLane[];
}

export const STRIP_HEIGHT = 36;
/** Ticks hang below the base line. */
export const STRIP_BASE = 28;

/**
 * How far each lane's distribution lies from the full cache's, step by step: one strip for each lane that was compared
 * with it, all on one scale. The square root shows small divergences next to large ones and keeps zero at the bottom.
 */
export function klStrips(lanes: readonly LaneRun[], x: StepScale): KlStrips {
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
        path: stripPath(series.klNats.slice(0, stepCount), x, y),
        otherTopPath: Array.from(columns, (column) => `M${column + 0.5},${STRIP_BASE + 2}v5`).join(""),
        otherTopCount: otherTops.length,
      };
    }),
  };
}

/** Of several steps in one pixel, the highest is drawn, so that every spike shows. */
function stripPath(klNats: readonly number[], x: StepScale, y: (nats: number) => number): string {
  const columns = new Map<number, number>();
  klNats.forEach((nats, step) => {
    const column = Math.round(x(step));
    columns.set(column, Math.max(columns.get(column) ?? 0, nats));
  });
  const shape = area<readonly [number, number]>()
    .x(([column]) => column)
    .y0(STRIP_BASE)
    .y1(([, nats]) => y(nats))
    .digits(1);
  return shape([...columns]) ?? "";
}

export interface GridCell {
  readonly layer: number;
  readonly kvHead: number;
  readonly x: number;
  readonly y: number;
  /** Widths from the cell's left; null if a lane holds nothing of what is compared. */
  readonly barWidth: number | null;
  readonly chanceX: number | null;
  /** Per cent without the sign, or a dash if there is no overlap; empty if there is no room. */
  readonly text: string;
}

export interface OverlapGrid {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly cells: readonly GridCell[];
  readonly rows: readonly { readonly layer: number; readonly y: number }[];
  /** Labels are short if columns are narrow. */
  readonly columns: readonly { readonly kvHead: number; readonly x: number; readonly label: string }[];
}

const GRID_LEFT = 30;
const GRID_TOP = 17;
const GRID_GAP = 6;

/**
 * Layers × KV heads as bars: how much of what two lanes keep is the same, and what chance would give.
 *
 *         KV head 0   KV head 1
 *   L0    ▆▆▆▆|▆ 71   ▆▆▆ | 40       | chance
 */
export function overlapGrid({ heads }: LaneOverlap, model: ModelSummary, frameWidth: number): OverlapGrid {
  const { layerCount, kvHeadCount } = model;
  const cellHeight = layerCount <= 8 ? 22 : layerCount <= 16 ? 18 : 14;
  const cellWidth = Math.max(24, Math.floor((frameWidth - GRID_LEFT) / kvHeadCount) - GRID_GAP);
  const leftOf = (kvHead: number): number => GRID_LEFT + kvHead * (cellWidth + GRID_GAP);
  const topOf = (layer: number): number => GRID_TOP + layer * (cellHeight + 3);
  return {
    width: leftOf(kvHeadCount),
    height: topOf(layerCount),
    cellWidth,
    cellHeight,
    rows: Array.from({ length: layerCount }, (_, layer) => ({ layer, y: topOf(layer) + cellHeight / 2 + 4 })),
    columns: Array.from({ length: kvHeadCount }, (_, kvHead) => ({
      kvHead,
      x: leftOf(kvHead),
      label: cellWidth >= 62 ? `KV head ${kvHead}` : `h${kvHead}`,
    })),
    cells: heads.map(({ overlap, chance }, head) => {
      const [layer, kvHead] = [layerOf(model, head), kvHeadOf(model, head)];
      const isKnown = !Number.isNaN(overlap);
      return {
        layer,
        kvHead,
        x: leftOf(kvHead),
        y: topOf(layer),
        barWidth: isKnown ? overlap * cellWidth : null,
        chanceX: isKnown ? chance * cellWidth : null,
        text: cellWidth < 34 ? "" : isKnown ? String(Math.round(overlap * 100)) : "–",
      };
    }),
  };
}
