// Layers × KV heads as bars: how much of what two lanes keep is the same, each with its chance level as a tick. Pure.
//
//         KV head 0   KV head 1
//   L0    ▆▆▆▆|▆ 71   ▆▆▆ | 40       | chance
import { kvHeadOf, layerOf } from "../../cache/headRows";
import type { LaneOverlap } from "../../trace/compare/laneOverlap";

export interface GridCell {
  readonly layer: number;
  readonly kvHead: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Widths from the cell's left; null where a lane holds nothing of what is compared. */
  readonly barWidth: number | null;
  readonly chanceX: number | null;
  /** Per cent without the sign, a dash where there is none; empty where there is no room. */
  readonly text: string;
}

export interface OverlapGrid {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly GridCell[];
  readonly rows: readonly { readonly layer: number; readonly y: number }[];
  /** Shortened where columns are narrow. */
  readonly columns: readonly { readonly kvHead: number; readonly x: number; readonly label: string }[];
}

const LEFT = 30;
const TOP = 17;
const GAP = 6;

export function overlapGrid(
  { heads }: LaneOverlap,
  model: { readonly layerCount: number; readonly kvHeadCount: number },
  frameWidth: number,
): OverlapGrid {
  const { layerCount, kvHeadCount } = model;
  const height = layerCount <= 8 ? 22 : layerCount <= 16 ? 18 : 14;
  const pitch = height + 3;
  const width = Math.max(24, Math.floor((frameWidth - LEFT) / kvHeadCount) - GAP);
  const leftOf = (kvHead: number): number => LEFT + kvHead * (width + GAP);
  return {
    width: leftOf(kvHeadCount),
    height: TOP + layerCount * pitch,
    rows: Array.from({ length: layerCount }, (_, layer) => ({ layer, y: TOP + layer * pitch + height / 2 + 4 })),
    columns: Array.from({ length: kvHeadCount }, (_, kvHead) => ({
      kvHead,
      x: leftOf(kvHead),
      label: width >= 62 ? `KV head ${kvHead}` : `h${kvHead}`,
    })),
    cells: heads.map(({ overlap, chance }, head) => {
      const [layer, kvHead] = [layerOf(model, head), kvHeadOf(model, head)];
      const isKnown = !Number.isNaN(overlap);
      return {
        layer,
        kvHead,
        x: leftOf(kvHead),
        y: TOP + layer * pitch,
        width,
        height,
        barWidth: isKnown ? overlap * width : null,
        chanceX: isKnown ? chance * width : null,
        text: width < 34 ? "" : isKnown ? String(Math.round(overlap * 100)) : "–",
      };
    }),
  };
}
