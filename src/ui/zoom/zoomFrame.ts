// The geometry of a zoomable picture: margins for the axes, the plot, scales from cells to its CSS pixels, and the bins
// of cells that its pixels show.
import { scaleLinear, type ScaleLinear } from "d3";
import { type PixelSize, zoomWindow, type ZoomExtent, type ZoomView, type ZoomWindow } from "./zoomView";

export interface ZoomFrame extends PixelSize {
  /** The plot's corner within the picture. */
  readonly left: number;
  readonly top: number;
  readonly window: ZoomWindow;
  readonly grid: CellGrid;
  /** From a column or row to the place in the plot where it starts. */
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
  /** Columns are wide enough to write their words under the axis. */
  readonly hasWords: boolean;
}

export interface Cell {
  readonly column: number;
  readonly row: number;
}

const MARGIN = { left: 38, right: 6, top: 17, bottom: 31 };
const WORD_HEIGHT = 64;
/** Columns of this many pixels have room for a rotated word of 11 px. */
const WORDS_FROM = 13;

export function zoomFrame(view: ZoomView, extent: ZoomExtent, size: PixelSize): ZoomFrame {
  const window = zoomWindow(view, extent);
  const width = Math.max(40, size.width - MARGIN.left - MARGIN.right);
  const hasWords = width / (window.x1 - window.x0) >= WORDS_FROM;
  const height = Math.max(40, size.height - MARGIN.top - MARGIN.bottom - (hasWords ? WORD_HEIGHT : 0));
  return {
    left: MARGIN.left,
    top: MARGIN.top,
    width,
    height,
    window,
    grid: cellGrid(window, { width, height }),
    x: scaleLinear([window.x0, window.x1], [0, width]),
    y: scaleLinear([window.y0, window.y1], [0, height]),
    hasWords,
  };
}

/** The cell at a place in the plot; null outside it. */
export function cellAt({ x, y, width, height }: ZoomFrame, left: number, top: number): Cell | null {
  if (left < 0 || top < 0 || left >= width || top >= height) return null;
  return { column: Math.floor(x.invert(left)), row: Math.floor(y.invert(top)) };
}

/** Whole numbers to write along an axis, at least `gap` pixels apart. */
export function axisTicks(scale: ScaleLinear<number, number>, gap: number): readonly number[] {
  const [from, to] = scale.domain();
  const length = scale.range()[1];
  const ticks = scale.ticks(Math.max(2, Math.floor(length / gap)));
  return ticks.filter((tick) => Number.isInteger(tick) && tick + 0.5 >= from && tick + 0.5 <= to);
}

export interface AxisBins {
  /** First cell that has a bin, and how many have one. */
  readonly firstCell: number;
  readonly cellCount: number;
  /** Bin of each of those cells, ascending. */
  readonly binOfCell: Uint16Array;
  readonly binCount: number;
  /** First and last cell of each bin. */
  readonly firstOfBin: Int32Array;
  readonly lastOfBin: Int32Array;
  /** Bin under each pixel. */
  readonly binOfPixel: Uint16Array;
  /** CSS pixels per cell. */
  readonly pixelsPerCell: number;
}

export interface CellGrid {
  readonly columns: AxisBins;
  readonly rows: AxisBins;
}

/** The cells of a zoomed matrix on pixels. */
export function cellGrid({ x0, x1, y0, y1 }: ZoomWindow, { width, height }: PixelSize): CellGrid {
  return { columns: axisBins(x0, x1, width), rows: axisBins(y0, y1, height) };
}

/**
 * Bins of the cells from `from` to `to` on `pixelCount` pixels. If cells are larger than a pixel, a bin is one cell; if
 * they are smaller, a bin holds the cells that share a pixel, so that a picture never costs more than its pixels.
 *
 *   cells   0 1 2 3 4 5 6 7 …        bins of 2.5 cells   |0 1 2|3 4|5 6 7|…        one bin, one pixel
 */
export function axisBins(from: number, to: number, pixelCount: number): AxisBins {
  const firstCell = Math.floor(from);
  const cellCount = Math.max(1, Math.ceil(to) - firstCell);
  const pixelsPerCell = pixelCount / Math.max(1e-9, to - from);
  const cellsPerBin = Math.max(1, 1 / pixelsPerCell);
  // Bins start at multiples of their size, so that a dragged picture does not flicker.
  const firstBin = Math.floor(firstCell / cellsPerBin);
  const binOf = (place: number): number => Math.floor(place / cellsPerBin) - firstBin;
  const binOfCell = Uint16Array.from({ length: cellCount }, (_, cell) => binOf(firstCell + cell + 0.5));
  const lastBin = binOfCell[cellCount - 1];
  const binOfPixel = Uint16Array.from({ length: pixelCount }, (_, pixel) =>
    Math.min(lastBin, Math.max(binOfCell[0], binOf(from + (pixel + 0.5) / pixelsPerCell))),
  );
  const firstOfBin = new Int32Array(lastBin + 1).fill(firstCell);
  const lastOfBin = new Int32Array(lastBin + 1).fill(firstCell);
  for (let cell = cellCount - 1; cell >= 0; cell--) firstOfBin[binOfCell[cell]] = firstCell + cell;
  for (let cell = 0; cell < cellCount; cell++) lastOfBin[binOfCell[cell]] = firstCell + cell;
  const binCount = lastBin + 1;
  return { firstCell, cellCount, binOfCell, binCount, firstOfBin, lastOfBin, binOfPixel, pixelsPerCell };
}

/** Bin of a cell; of one that is not on show, the nearest bin. */
export function binOfCell(axis: AxisBins, cell: number): number {
  return axis.binOfCell[Math.max(0, Math.min(axis.cellCount - 1, cell - axis.firstCell))];
}

/** The first pixel whose bin is `bin` or later. */
export function firstPixelFrom({ binOfPixel }: AxisBins, bin: number): number {
  let [low, high] = [0, binOfPixel.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binOfPixel[middle] < bin) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bins firstBin to endBin − 1 of an axis, renumbered from 0. */
export function partOfAxis(axis: AxisBins, firstBin: number, endBin: number): AxisBins {
  const firstCell = axis.firstOfBin[firstBin];
  const endCell = axis.lastOfBin[endBin - 1] + 1;
  const bins = axis.binOfCell.subarray(firstCell - axis.firstCell, endCell - axis.firstCell);
  return {
    ...axis,
    firstCell,
    cellCount: endCell - firstCell,
    binOfCell: bins.map((bin) => bin - firstBin),
    binCount: endBin - firstBin,
    firstOfBin: axis.firstOfBin.subarray(firstBin, endBin),
    lastOfBin: axis.lastOfBin.subarray(firstBin, endBin),
  };
}
