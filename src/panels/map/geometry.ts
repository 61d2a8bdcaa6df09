// Where the strips of the map stand: a column per KV head, a row per layer, one canvas under all of them. Zoomed, the KV
// heads of one layer stand below each other, each as wide as the map. CSS pixels.
import { scaleLinear, type ScaleLinear } from "d3";
import type { HeadGrid } from "../../cache/headRows";

export interface MapGeometry {
  /** Inside of a strip, without its border. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columnGap: number;
  readonly rowGap: number;
  readonly columnCount: number;
  readonly rowCount: number;
  /** The only layer on show; null for all of them. */
  readonly zoomedLayer: number | null;
  /** Position in the text, or slot, to CSS pixels of the strip. */
  readonly x: ScaleLinear<number, number>;
  /** Whole pixel at which the mark of a place begins. [place up to the last] */
  readonly lefts: Int32Array;
}

export interface MapFrame {
  readonly model: HeadGrid;
  readonly zoomedLayer: number | null;
  /** Width of the map with its labels. */
  readonly width: number;
  /** Positions or slots that the axis spans. */
  readonly placeCount: number;
  /** Of the strips' height; 1 unless the window is low or the map fills it. */
  readonly scale?: number;
}

export const LABEL_WIDTH = 30;
export const BORDER = 1;
/** Height of a layer's label, which strips of some layers do not fill. */
const LABEL_HEIGHT = 20;
/** From so many rows on, labels are as low as the strips. */
const DENSE_ROWS = 17;
const LEAST_DENSE_HEIGHT = 8;

export function mapGeometry({ model, zoomedLayer, width, placeCount, scale = 1 }: MapFrame): MapGeometry {
  const isZoomed = zoomedLayer !== null;
  const [columnCount, rowCount] = isZoomed ? [1, model.kvHeadCount] : [model.kvHeadCount, model.layerCount];
  const isDense = rowCount >= DENSE_ROWS;
  const cellHeight = Math.max(isDense ? LEAST_DENSE_HEIGHT : 0, Math.round(scale * stripHeight(rowCount)));
  const columnGap = columnCount <= 4 ? 8 : 4;
  const cellWidth = columnWidth(width, columnCount, columnGap);
  const x = scaleLinear([0, placeCount], [0, cellWidth]);
  const lefts = Int32Array.from({ length: placeCount + 1 }, (_, place) => Math.floor(x(place)));
  const rowGap = isDense ? 1 : Math.max(3, LABEL_HEIGHT - cellHeight - 2 * BORDER);
  return { cellWidth, cellHeight, columnGap, rowGap, columnCount, rowCount, zoomedLayer, x, lefts };
}

/** Strips are lower the more there are, so that 28 layers are still one picture. */
function stripHeight(rowCount: number): number {
  return rowCount <= 4 ? 32 : rowCount <= 8 ? 26 : rowCount < DENSE_ROWS ? 20 : 10;
}

/** Inside width of a strip where that many stand side by side. */
function columnWidth(frameWidth: number, columnCount: number, columnGap: number): number {
  const share = Math.floor((frameWidth - LABEL_WIDTH - columnGap * columnCount) / columnCount);
  return Math.max(columnCount <= 4 ? 64 : 24, share - 2 * BORDER);
}

export function isDense({ rowCount }: MapGeometry): boolean {
  return rowCount >= DENSE_ROWS;
}

/** Room for the number of a tick. */
const TICK_WIDTH = 30;

/** Places whose number stands under a strip, none over another. */
export function placeTicks({ x, cellWidth }: MapGeometry): readonly number[] {
  const shown: number[] = [];
  for (const tick of x.ticks(Math.max(2, Math.floor(cellWidth / 60)))) {
    const before = shown.at(-1);
    // The last number ends where the strip does.
    const at = Math.min(x(tick), cellWidth - TICK_WIDTH / 3);
    if (before === undefined || at - x(before) >= TICK_WIDTH) shown.push(tick);
  }
  return shown;
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

/** Upper left corner of a strip's inside, from the corner of all strips; null for a head that is not on show. */
export function stripCorner(geometry: MapGeometry, layer: number, kvHead: number): Corner | null {
  const { cellWidth, cellHeight, columnGap, rowGap, zoomedLayer } = geometry;
  if (zoomedLayer !== null && zoomedLayer !== layer) return null;
  const [column, row] = zoomedLayer === null ? [kvHead, layer] : [0, kvHead];
  return {
    left: column * (cellWidth + 2 * BORDER + columnGap) + BORDER,
    top: row * (cellHeight + 2 * BORDER + rowGap) + BORDER,
  };
}

/** What all strips take together, borders included. */
export function stripsSize(geometry: MapGeometry): { readonly width: number; readonly height: number } {
  const { cellWidth, cellHeight, columnGap, rowGap, columnCount, rowCount } = geometry;
  return {
    width: columnCount * (cellWidth + 2 * BORDER + columnGap) - columnGap,
    height: rowCount * (cellHeight + 2 * BORDER + rowGap) - rowGap,
  };
}
