// The pointer on the timeline: a drag moves through the run, with Shift it draws the range that repeats, and the wheel
// zooms with Ctrl (which is also what a pinch on a touch pad sends) or goes sideways along a zoomed axis.
import { useEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import { pannedRange, rangeBetween, zoomedRange, type StepRange } from "../../state/timeAxis";
import { stepAt, type TimelineLayout } from "./layout";

export interface TimelineHandlers {
  readonly onMove: (step: number) => void;
  readonly onLoop: (range: StepRange | null) => void;
  readonly onVisible: (range: StepRange | null) => void;
}

const WHEEL_RATE = 0.0025;

export function useTimelinePointer(
  chart: RefObject<SVGSVGElement | null>,
  layout: TimelineLayout,
  stepCount: number,
  { onMove, onLoop, onVisible }: TimelineHandlers,
) {
  const [hovered, setHovered] = useState<number | null>(null);
  /** The range that is being drawn, from where it was begun. */
  const [drawn, setDrawn] = useState<{ readonly start: number; readonly end: number } | null>(null);
  const isDrawing = useRef(false);

  useEffect(() => {
    const target = chart.current;
    if (target === null) return;
    const wheel = (event: WheelEvent): void => {
      const { x, visible, lastStep } = layout;
      const isWhole = visible.from === 0 && visible.to === lastStep;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.ctrlKey || event.metaKey) {
        const around = x.invert(event.clientX - target.getBoundingClientRect().left);
        // A pinch sends far smaller steps than a wheel.
        const rate = WHEEL_RATE * lines * (Math.abs(event.deltaY) < 20 ? 5 : 1);
        onVisible(zoomedRange(isWhole ? null : visible, { factor: Math.exp(-event.deltaY * rate), around }, lastStep));
      } else if (!isWhole && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const steps = (event.deltaX * lines) / (x(1) - x(0));
        onVisible(pannedRange(visible, Math.sign(steps) * Math.max(1, Math.abs(steps)), lastStep));
      } else return;
      event.preventDefault();
    };
    // React listens passively, and a passive listener could not keep the page from zooming.
    target.addEventListener("wheel", wheel, { passive: false });
    return () => target.removeEventListener("wheel", wheel);
  }, [chart, layout, onVisible]);

  const stepUnder = (event: PointerEvent<SVGSVGElement>): number =>
    stepAt(layout, event.clientX - event.currentTarget.getBoundingClientRect().left, stepCount);

  return {
    // Another lane or run, shorter than the one pointed at, may have come under a pointer that rests.
    hovered: hovered !== null && hovered < stepCount ? hovered : null,
    drawn: drawn === null ? null : rangeBetween(drawn.start, drawn.end, stepCount - 1),
    onPointerDown(event: PointerEvent<SVGSVGElement>): void {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const step = stepUnder(event);
      isDrawing.current = event.shiftKey;
      setHovered(null);
      if (event.shiftKey) setDrawn({ start: step, end: step });
      else onMove(step);
    },
    onPointerMove(event: PointerEvent<SVGSVGElement>): void {
      const step = stepUnder(event);
      if (!event.currentTarget.hasPointerCapture(event.pointerId))
        setHovered(event.pointerType === "mouse" ? step : null);
      else if (isDrawing.current) setDrawn((before) => before && { ...before, end: step });
      else onMove(step);
    },
    onPointerUp(): void {
      if (isDrawing.current && drawn !== null) onLoop(rangeBetween(drawn.start, drawn.end, stepCount - 1));
      isDrawing.current = false;
      setDrawn(null);
    },
    onPointerCancel(): void {
      isDrawing.current = false;
      setDrawn(null);
    },
    onPointerLeave: () => setHovered(null),
  };
}
