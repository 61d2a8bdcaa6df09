// The zoom by buttons, for those without wheel or keys; they stand among a panel's controls.
import { zoomedAt, zoomWindow, type ZoomExtent, type ZoomView } from "./zoomView";

interface ZoomButtonsProps {
  /** What is zoomed, e.g. "the sparse mask". */
  readonly what: string;
  readonly view: ZoomView;
  readonly extent: ZoomExtent;
  readonly onView: (view: ZoomView) => void;
}

export function ZoomButtons({ what, view, extent, onView }: ZoomButtonsProps) {
  const { x0, x1, y0, y1 } = zoomWindow(view, extent);
  const zoom = (factor: number): void => {
    onView(zoomedAt(view, extent, { column: (x0 + x1) / 2, row: (y0 + y1) / 2, factor }));
  };
  return (
    <span className="zoom-buttons" role="group" aria-label={`Zoom of ${what}`}>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(2)}>
        +
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (−)"
        disabled={view === null}
        onClick={() => zoom(0.5)}
      >
        −
      </button>
      <button type="button" title="Show everything (0)" disabled={view === null} onClick={() => onView(null)}>
        all
      </button>
    </span>
  );
}
