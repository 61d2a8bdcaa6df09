// A big matrix as a picture that can be zoomed and moved: the panel paints the cells on a canvas and lays its marks,
// as SVG, over them; axes, gestures and focus are the same everywhere.
import { useCallback, useMemo, useRef, type ReactNode } from "react";
import { Canvas } from "../Canvas";
import { useElementSize } from "../useElementSize";
import { useZoomGestures } from "./useZoomGestures";
import { ZoomAxes } from "./ZoomAxes";
import { zoomFrame, type Cell, type ZoomFrame } from "./zoomFrame";
import { ZOOM_KEYS_HINT, type ZoomExtent, type ZoomView } from "./zoomView";
import "./zoom.css";

interface ZoomCanvasProps {
  /** What is drawn, for those who do not see it. */
  readonly label: string;
  readonly columnTitle: string;
  readonly rowTitle: string;
  readonly extent: ZoomExtent;
  readonly view: ZoomView;
  readonly onView: (view: ZoomView) => void;
  /** Paints the plot, in its CSS pixels; called again when this function or the frame changes. */
  readonly draw: (context: CanvasRenderingContext2D, frame: ZoomFrame) => void;
  /** Marks over the plot, in its CSS pixels; clipped to it. */
  readonly marks: (frame: ZoomFrame) => ReactNode;
  /** A row marked on the axis. */
  readonly markedRow: number;
  /** The word of a column, written where columns are wide enough; null where there is none yet. */
  readonly columnWord: (column: number) => string | null;
  readonly onPoint: (cell: Cell | null, anchor?: { readonly x: number; readonly y: number }) => void;
  readonly onPick: (cell: Cell) => void;
}

export function ZoomCanvas(props: ZoomCanvasProps) {
  const { extent, view, onView, draw, onPoint, onPick } = props;
  const { columnCount, rowCount } = extent;
  const [box, size] = useElementSize<HTMLDivElement>({ width: 640, height: 320 });
  const frame = useMemo(() => zoomFrame(view, { columnCount, rowCount }, size), [view, columnCount, rowCount, size]);
  const drawFrame = useCallback((context: CanvasRenderingContext2D) => draw(context, frame), [draw, frame]);
  const plot = useRef<HTMLDivElement>(null);
  const gestures = useZoomGestures({ plot, frame, view, extent, onView, onPoint, onPick });
  const { left, top, width, height } = frame;
  return (
    <div ref={box} className="zoom-box">
      <div
        ref={plot}
        className={view === null ? "zoom-plot" : "zoom-plot zoom-plot-near"}
        style={{ left, top, width, height }}
        role="application"
        aria-roledescription="zoomable picture"
        aria-label={`${props.label}. Keys: ${ZOOM_KEYS_HINT}.`}
        tabIndex={0}
        {...gestures}
      >
        <Canvas width={width} height={height} draw={drawFrame} />
      </div>
      <svg className="zoom-marks axis" width={size.width} height={size.height} aria-hidden="true">
        <ZoomAxes {...props} frame={frame} />
        <svg x={left} y={top} width={width} height={height}>
          {props.marks(frame)}
        </svg>
      </svg>
    </div>
  );
}
