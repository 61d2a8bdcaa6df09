// Where the strips of the map stand: a column per KV head, a row per layer, one canvas under all of them. CSS pixels.
import { scaleLinear, type ScaleLinear } from "d3";
import type { HeadGrid } from "../../cache/headRows";

export interface MapGeometry {
  /** Inside of a strip, without its border. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly rowGap: number;
  /** Position in the text, or slot, to CSS pixels of the strip. */
  readonly x: ScaleLinear<number, number>;
  /** Whole pixel at which the mark of a place begins. [place up to the last] */
  readonly lefts: Int32Array;
}

export const LABEL_WIDTH = 30;
export const COLUMN_GAP = 8;
export const BORDER = 1;
/** Height of a layer's label, which strips of many layers do not fill. */
const LABEL_HEIGHT = 20;
const LEAST_COLUMN = 64;

/** Cells shrink with the number of layers so that a model of 28 layers is still one picture. */
export function mapGeometry(layerCount: number, cellWidth: number, placeCount: number, scale = 1): MapGeometry {
  const cellHeight = Math.round(scale * (layerCount <= 4 ? 32 : layerCount <= 8 ? 26 : layerCount <= 16 ? 20 : 14));
  const x = scaleLinear([0, placeCount], [0, cellWidth]);
  const lefts = Int32Array.from({ length: placeCount + 1 }, (_, place) => Math.floor(x(place)));
  const rowGap = Math.max(3, LABEL_HEIGHT - cellHeight - 2 * BORDER);
  return { cellWidth, cellHeight, rowGap, x, lefts };
}

/** Inside width of a strip where that many stand side by side. */
export function columnWidth(frameWidth: number, kvHeadCount: number): number {
  const share = Math.floor((frameWidth - LABEL_WIDTH - COLUMN_GAP * kvHeadCount) / kvHeadCount);
  return Math.max(LEAST_COLUMN, share - 2 * BORDER);
}

/** Upper left corner of a strip's inside, from the corner of all strips. */
export function stripCorner(
  { cellWidth, cellHeight, rowGap }: MapGeometry,
  layer: number,
  kvHead: number,
): { readonly left: number; readonly top: number } {
  return {
    left: kvHead * (cellWidth + 2 * BORDER + COLUMN_GAP) + BORDER,
    top: layer * (cellHeight + 2 * BORDER + rowGap) + BORDER,
  };
}

/** What all strips take together, borders included. */
export function stripsSize(
  { cellWidth, cellHeight, rowGap }: MapGeometry,
  model: HeadGrid,
): { readonly width: number; readonly height: number } {
  return {
    width: model.kvHeadCount * (cellWidth + 2 * BORDER + COLUMN_GAP) - COLUMN_GAP,
    height: model.layerCount * (cellHeight + 2 * BORDER + rowGap) - rowGap,
  };
}
