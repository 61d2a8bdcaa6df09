// Wheel, drag, pinch, double click and keys on a zoomable picture. The plain wheel belongs to the page: it zooms only
// with Ctrl (which is also what a pinch on a touch pad sends) or once the picture has the focus. One finger scrolls the
// page over a whole picture and moves a zoomed one (touch-action in zoom.css).
import { useEffect, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject } from "react";
import { usePinch } from "./usePinch";
import { cellAt, type Cell, type ZoomFrame } from "./zoomFrame";
import { pannedBy, viewAfterKey, zoomedAt, type ZoomExtent, type ZoomView } from "./zoomView";

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
/** A pointer that moves less is a click. */
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
      const box = target.getBoundingClientRect();
      const column = frame.x.invert(event.clientX - box.left);
      const row = frame.y.invert(event.clientY - box.top);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      // A pinch sends far smaller steps than a wheel.
      const rate = WHEEL_RATE * lines * (event.ctrlKey && Math.abs(event.deltaY) < 20 ? 5 : 1);
      onView(zoomedAt(view, extent, { column, row, factor: Math.exp(-event.deltaY * rate) }));
    };
    // React listens passively, and a passive listener could not keep the page from scrolling.
    target.addEventListener("wheel", zoom, { passive: false });
    return () => target.removeEventListener("wheel", zoom);
  }, [plot, frame, view, extent, onView]);

  const cellUnder = (event: MouseEvent<HTMLElement>): Cell | null => {
    const box = event.currentTarget.getBoundingClientRect();
    return cellAt(frame, event.clientX - box.left, event.clientY - box.top);
  };
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>): void {
      // Shift makes the plus on many keyboards; any other combination is the page's or the browser's.
      if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "+")) return;
      const next = viewAfterKey(view, extent, event.key);
      if (next === view) return;
      // The page's own use of the arrows, to step through time, comes back once they move nothing here.
      event.preventDefault();
      event.stopPropagation();
      // The pointer stands over another cell now, which only it can tell.
      onPoint(null);
      onView(next);
    },
    onPointerDown(event: PointerEvent<HTMLElement>): void {
      // A second finger makes a pinch of what may have begun as a drag.
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
      const [right, down] = [event.clientX - start.x, event.clientY - start.y];
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
