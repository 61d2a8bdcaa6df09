// Which part of a big matrix is visible, and how keys, wheel, drag and pinch change it. Pure. Units are cells: columns
// across, rows down. Without a window the whole matrix is visible, even while it grows.

export interface ZoomWindow {
  /** Columns from x0 up to, not including, x1; fractions of a cell are allowed. */
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** null = everything. The attention and mask panels may share one. */
export type ZoomView = ZoomWindow | null;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export interface ZoomExtent {
  readonly columnCount: number;
  readonly rowCount: number;
}

/** Fewer cells across or down would show nothing useful. */
const LEAST_CELLS = 6;
const KEY_FACTOR = 1.5;
const KEY_SHARE = 0.15;

export const ZOOM_KEYS_HINT = "plus and minus zoom, arrow keys move, 0 shows everything";

/** The window in force: within the matrix, even if the view was made for another. */
export function zoomWindow(view: ZoomView, { columnCount, rowCount }: ZoomExtent): ZoomWindow {
  if (view === null) return { x0: 0, x1: columnCount, y0: 0, y1: rowCount };
  const [x0, x1] = spanWithin(view.x0, view.x1, columnCount);
  const [y0, y1] = spanWithin(view.y0, view.y1, rowCount);
  return { x0, x1, y0, y1 };
}

/** A cell to keep in its place (fractions allowed), and how much larger cells become. */
interface ZoomStep {
  readonly column: number;
  readonly row: number;
  readonly factor: number;
}

export function zoomedAt(view: ZoomView, extent: ZoomExtent, { column, row, factor }: ZoomStep): ZoomView {
  const { x0, x1, y0, y1 } = zoomWindow(view, extent);
  const [left, right] = scaledSpan(x0, x1, column, factor);
  const [top, bottom] = scaledSpan(y0, y1, row, factor);
  return viewWithin({ x0: left, x1: right, y0: top, y1: bottom }, extent);
}

export function pannedBy(view: ZoomView, extent: ZoomExtent, columns: number, rows: number): ZoomView {
  if (view === null) return null;
  const { x0, x1, y0, y1 } = zoomWindow(view, extent);
  const next = viewWithin({ x0: x0 + columns, x1: x1 + columns, y0: y0 + rows, y1: y1 + rows }, extent);
  return next !== null && next.x0 === x0 && next.y0 === y0 ? view : next;
}

/** The view after a key; the same object if the key changes nothing, so that the page can use the key. */
export function viewAfterKey(view: ZoomView, extent: ZoomExtent, key: string): ZoomView {
  const { x0, x1, y0, y1 } = zoomWindow(view, extent);
  const middle = { column: (x0 + x1) / 2, row: (y0 + y1) / 2 };
  const [across, down] = [(x1 - x0) * KEY_SHARE, (y1 - y0) * KEY_SHARE];
  switch (key) {
    case "+":
    case "=":
      return zoomedAt(view, extent, { ...middle, factor: KEY_FACTOR });
    case "-":
      return zoomedAt(view, extent, { ...middle, factor: 1 / KEY_FACTOR });
    case "0":
      return null;
    case "ArrowLeft":
      return pannedBy(view, extent, -across, 0);
    case "ArrowRight":
      return pannedBy(view, extent, across, 0);
    case "ArrowUp":
      return pannedBy(view, extent, 0, -down);
    case "ArrowDown":
      return pannedBy(view, extent, 0, down);
    default:
      return view;
  }
}

/** The view nearest to the wanted window that lies within the matrix; null if that is all of it. */
function viewWithin(wanted: ZoomWindow, extent: ZoomExtent): ZoomView {
  const found = zoomWindow(wanted, extent);
  const isAll = found.x0 <= 0 && found.y0 <= 0 && found.x1 >= extent.columnCount && found.y1 >= extent.rowCount;
  return isAll ? null : found;
}

/** Keeps the length if it fits: moves the span rather than cutting it. */
function spanWithin(from: number, to: number, count: number): readonly [number, number] {
  const length = Math.min(count, Math.max(Math.min(LEAST_CELLS, count), to - from));
  const start = Math.min(count - length, Math.max(0, from));
  return [start, start + length];
}

function scaledSpan(from: number, to: number, fixed: number, factor: number): readonly [number, number] {
  const length = Math.max(LEAST_CELLS, (to - from) / factor);
  const share = to === from ? 0 : (fixed - from) / (to - from);
  const start = fixed - share * length;
  return [start, start + length];
}

/** In CSS pixels of the plot. */
export interface Pinch {
  /** The middle between the fingers. */
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

interface PinchMove {
  readonly from: Pinch;
  readonly to: Pinch;
}

/** Keeps the factor finite when the fingers touch. */
const LEAST_DISTANCE = 16;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function pinchOf(one: Place, other: Place): Pinch {
  return {
    x: (one.x + other.x) / 2,
    y: (one.y + other.y) / 2,
    distance: Math.max(LEAST_DISTANCE, Math.hypot(one.x - other.x, one.y - other.y)),
  };
}

/** The view after a pinch that began on `view`; `plot` is the size of the picture. */
export function pinchedView(view: ZoomView, extent: ZoomExtent, { from, to }: PinchMove, plot: PixelSize): ZoomView {
  const { x0, x1, y0, y1 } = zoomWindow(view, extent);
  const factor = to.distance / from.distance;
  const columns = Math.max(LEAST_CELLS, (x1 - x0) / factor);
  const rows = Math.max(LEAST_CELLS, (y1 - y0) / factor);
  const left = x0 + (from.x / plot.width) * (x1 - x0) - (to.x / plot.width) * columns;
  const top = y0 + (from.y / plot.height) * (y1 - y0) - (to.y / plot.height) * rows;
  return viewWithin({ x0: left, x1: left + columns, y0: top, y1: top + rows }, extent);
}
