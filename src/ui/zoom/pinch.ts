// Two fingers on a zoomable picture: what lay under their middle stays there, and cells grow as the fingers part. Pure.
import type { PixelSize } from "./cellGrid";
import { LEAST_CELLS, viewWithin, zoomWindow, type ZoomExtent, type ZoomView } from "./zoomView";

/** In CSS pixels of the plot. */
export interface Pinch {
  /** The middle between the fingers. */
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

export interface PinchMove {
  readonly from: Pinch;
  readonly to: Pinch;
}

/** Fingers that touch each other would ask for any factor at all. */
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
