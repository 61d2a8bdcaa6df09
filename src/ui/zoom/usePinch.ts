// Two fingers on a zoomable picture zoom and move it. One finger is left to the page, which it scrolls, and to the
// pointer's own gestures.
import { useEffect, useRef, type RefObject } from "react";
import type { PixelSize } from "./cellGrid";
import { pinchedView, pinchOf, type Pinch } from "./pinch";
import type { ZoomExtent, ZoomView } from "./zoomView";

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

/** Holds the pinch under way, null without one. */
export function usePinch({ plot, size, view, extent, onView }: PinchRequest): RefObject<PinchStart | null> {
  const start = useRef<PinchStart | null>(null);
  useEffect(() => {
    const target = plot.current;
    if (target === null) return;
    const pinchNow = ({ targetTouches }: TouchEvent): Pinch | null => {
      if (targetTouches.length !== 2) return null;
      const { left, top } = target.getBoundingClientRect();
      const [one, other] = Array.from(targetTouches, ({ clientX, clientY }) => ({
        x: clientX - left,
        y: clientY - top,
      }));
      return pinchOf(one, other);
    };
    /** A finger more or less begins anew, or ends it. */
    const begin = (event: TouchEvent): void => {
      const from = pinchNow(event);
      start.current = from === null ? null : { from, view };
      if (from !== null && event.cancelable) event.preventDefault();
    };
    const move = (event: TouchEvent): void => {
      const to = pinchNow(event);
      if (to === null || start.current === null) return;
      // Else the page would scroll, or zoom as a whole.
      if (event.cancelable) event.preventDefault();
      onView(pinchedView(start.current.view, extent, { from: start.current.from, to }, size));
    };
    // React listens passively, and a passive listener could not keep the page where it is.
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
