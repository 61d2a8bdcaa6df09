// How the cells of a zoomed matrix map to pixels. If cells are larger than a pixel, a bin is one cell; if they are
// smaller, a bin holds the cells that share a pixel, so that a picture never costs more than its pixels.
//
//   cells   0 1 2 3 4 5 6 7 …        bins of 2.5 cells   |0 1 2|3 4|5 6 7|…        one bin, one pixel
import type { PixelSize, ZoomWindow } from "./zoomView";

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

export function cellGrid({ x0, x1, y0, y1 }: ZoomWindow, { width, height }: PixelSize): CellGrid {
  return { columns: axisBins(x0, x1, width), rows: axisBins(y0, y1, height) };
}

/** Bins of the cells from `from` to `to` on `pixelCount` pixels. */
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

/** Bin of a cell, −1 outside. */
export function binOfCell(axis: AxisBins, cell: number): number {
  const at = cell - axis.firstCell;
  return at < 0 || at >= axis.cellCount ? -1 : axis.binOfCell[at];
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
