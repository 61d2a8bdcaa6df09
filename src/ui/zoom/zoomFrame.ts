// The geometry of a zoomable picture: margins for the axes, the plot, and scales from cells to CSS pixels of the plot.
import { scaleLinear, type ScaleLinear } from "d3";
import { cellGrid, type CellGrid } from "./cellGrid";
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
