// Wheel, drag, pinch, double click and keys on a zoomable picture. The plain wheel scrolls the page: it zooms only with
// Ctrl (which a touch-pad pinch also sends) or while the picture has the focus. One finger scrolls the page over a whole
// picture and pans a zoomed one (touch-action in zoom.css); two fingers zoom and pan.

import type { KeyboardEvent, MouseEvent, PointerEvent, RefObject } from "react";
import { useEffect, useRef } from "react";
import { pointIn, zoomOf } from "../pointIn";
import type { Cell, ZoomFrame } from "./zoomFrame";
import { cellAt } from "./zoomFrame";
import type { PixelSize, Pinch, ZoomExtent, ZoomView } from "./zoomView";
import { pannedBy, pinchedView, pinchOf, viewAfterKey, zoomedAt } from "./zoomView";

interface ZoomGestures {
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly frame: ZoomFrame;
  readonly view: ZoomView;
  readonly extent: ZoomExtent;
  readonly onView: (view: ZoomView) => void;
  readonly onPoint: (cell: Cell | null, anchor?: { readonly x: number; readonly y: number }) => void;
  readonly onPick: (cell: Cell) => void;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly view: ZoomView;
  readonly hasMoved: boolean;
}

const WHEEL_RATE = 0.0025;
/** Less movement than this is a click. */
const DRAG_PIXELS = 4;

export function useZoomGestures({ plot, frame, view, extent, onView, onPoint, onPick }: ZoomGestures) {
  const drag = useRef<Drag | null>(null);
  const pinch = usePinch({ plot, size: frame, view, extent, onView });
  useEffect(() => {
    const target = plot.current;
    if (target === null) return;
    const zoom = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== target) return;
      event.preventDefault();
      const { x, y } = pointIn(target, event);
      const [column, row] = [frame.x.invert(x), frame.y.invert(y)];
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      // A touch-pad pinch sends far smaller steps than a wheel.
      const rate = WHEEL_RATE * lines * (event.ctrlKey && Math.abs(event.deltaY) < 20 ? 5 : 1);
      onView(zoomedAt(view, extent, { column, row, factor: Math.exp(-event.deltaY * rate) }));
    };
    // React listens passively, and a passive listener cannot stop the page from scrolling.
    target.addEventListener("wheel", zoom, { passive: false });
    return () => target.removeEventListener("wheel", zoom);
  }, [plot, frame, view, extent, onView]);

  const cellUnder = (event: MouseEvent<HTMLElement>): Cell | null => {
    const { x, y } = pointIn(event.currentTarget, event);
    return cellAt(frame, x, y);
  };
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>): void {
      // Many keyboards need Shift for plus; any other combination belongs to the page or the browser.
      if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "+")) return;
      const next = viewAfterKey(view, extent, event.key);
      if (next === view) return;
      // If the arrows move nothing here, the page uses them to step through time.
      event.preventDefault();
      event.stopPropagation();
      // The pointer is now over another cell; its next event says which.
      onPoint(null);
      onView(next);
    },
    onPointerDown(event: PointerEvent<HTMLElement>): void {
      // A second finger turns a drag into a pinch.
      if (!event.isPrimary) drag.current = null;
      else if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, view, hasMoved: false };
    },
    onPointerMove(event: PointerEvent<HTMLElement>): void {
      if (pinch.current !== null || !event.isPrimary) return;
      const start = drag.current;
      const isHeld = start !== null && (event.buttons & 1) === 1;
      if (!isHeld) {
        onPoint(cellUnder(event), { x: event.clientX, y: event.clientY });
        return;
      }
      const zoom = zoomOf(event.currentTarget);
      const [right, down] = [(event.clientX - start.x) / zoom, (event.clientY - start.y) / zoom];
      if (!start.hasMoved && Math.hypot(right, down) < DRAG_PIXELS) return;
      if (!start.hasMoved) {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { ...start, hasMoved: true };
        onPoint(null);
      }
      const columns = -right / frame.grid.columns.pixelsPerCell;
      const rows = -down / frame.grid.rows.pixelsPerCell;
      onView(pannedBy(start.view, extent, columns, rows));
    },
    onPointerCancel(): void {
      drag.current = null;
      onPoint(null);
    },
    onPointerLeave(): void {
      onPoint(null);
    },
    onClick(event: MouseEvent<HTMLElement>): void {
      const wasDrag = drag.current?.hasMoved === true;
      drag.current = null;
      const cell = cellUnder(event);
      if (!wasDrag && cell !== null) onPick(cell);
    },
    onDoubleClick(): void {
      onView(null);
    },
  };
}

interface PinchRequest {
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly size: PixelSize;
  readonly view: ZoomView;
  readonly extent: ZoomExtent;
  readonly onView: (view: ZoomView) => void;
}

interface PinchStart {
  readonly from: Pinch;
  readonly view: ZoomView;
}

/** The pinch under way; null without one. */
function usePinch({ plot, size, view, extent, onView }: PinchRequest): RefObject<PinchStart | null> {
  const start = useRef<PinchStart | null>(null);
  useEffect(() => {
    const target = plot.current;
    if (target === null) return;
    const pinchNow = ({ targetTouches }: TouchEvent): Pinch | null => {
      if (targetTouches.length !== 2) return null;
      const [one, other] = Array.from(targetTouches, (touch) => pointIn(target, touch));
      return pinchOf(one, other);
    };
    /** Another finger, or one fewer, starts a new pinch or ends it. */
    const begin = (event: TouchEvent): void => {
      const from = pinchNow(event);
      start.current = from === null ? null : { from, view };
      if (from !== null && event.cancelable) event.preventDefault();
    };
    const move = (event: TouchEvent): void => {
      const to = pinchNow(event);
      if (to === null || start.current === null) return;
      // Otherwise the page would scroll or zoom as a whole.
      if (event.cancelable) event.preventDefault();
      onView(pinchedView(start.current.view, extent, { from: start.current.from, to }, size));
    };
    // Not passive, for the same reason as the wheel.
    target.addEventListener("touchstart", begin, { passive: false });
    target.addEventListener("touchmove", move, { passive: false });
    target.addEventListener("touchend", begin);
    target.addEventListener("touchcancel", begin);
    return () => {
      target.removeEventListener("touchstart", begin);
      target.removeEventListener("touchmove", move);
      target.removeEventListener("touchend", begin);
      target.removeEventListener("touchcancel", begin);
    };
  }, [plot, size, view, extent, onView]);
  return start;
}
