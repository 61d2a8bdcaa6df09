// A big matrix as a picture that can be zoomed and panned: the panel paints the cells on a canvas and its marks as SVG on
// top; axes, gestures, focus and buttons are the same everywhere.

import { shortened } from "../../lib/shortened";
import type { ReactNode } from "react";
import { useCallback, useMemo, useRef } from "react";
import { Canvas } from "../Canvas";
import { useElementSize } from "../useElementSize";
import { useZoomGestures } from "./useZoomGestures";
import { axisTicks, zoomFrame, type Cell, type ZoomFrame } from "./zoomFrame";
import { ZOOM_KEYS_HINT, zoomedAt, zoomWindow, type ZoomExtent, type ZoomView } from "./zoomView";
import "./zoom.css";

interface ZoomCanvasProps {
  /** What is drawn, for screen readers. */
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
  /** The word of a column, shown if columns are wide enough; null if there is none yet. */
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

/** Whole numbers at the middle of their cell, and words under columns that are wide enough. */
interface ZoomAxesProps {
  readonly frame: ZoomFrame;
  readonly columnTitle: string;
  readonly rowTitle: string;
  /** Labelled with a wedge; ticks close to it are left out. */
  readonly markedRow: number;
  readonly columnWord: (column: number) => string | null;
}

const TICK = 4;
/** 11 px monospace letters that fit the height reserved for words. */
const WORD_LETTERS = 9;

function ZoomAxes({ frame, columnTitle, rowTitle, markedRow, columnWord }: ZoomAxesProps) {
  const { left, top, width, height, x, y, window } = frame;
  const bottom = top + height;
  const markedAt = y(markedRow + 0.5);
  const isMarked = markedAt >= 0 && markedAt <= height;
  const rowTicks = axisTicks(y, 34).filter((tick) => !isMarked || Math.abs(y(tick + 0.5) - markedAt) >= 13);
  const firstWord = Math.ceil(window.x0 - 0.5);
  const wordCount = frame.hasWords ? Math.floor(window.x1 - 0.5) - firstWord + 1 : 0;
  return (
    <g>
      <rect className="zoom-edge" x={left - 0.5} y={top - 0.5} width={width + 1} height={height + 1} />
      <text x={0} y={11}>
        {rowTitle} ↓
      </text>
      {rowTicks.map((tick) => (
        <g key={tick} transform={`translate(${left},${top + y(tick + 0.5)})`}>
          <line x1={-TICK} />
          <text x={-TICK - 3} y={4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {isMarked && (
        <g transform={`translate(${left},${top + markedAt})`}>
          <path className="zoom-step-mark" d="M0,0l-7,-5v10Z" />
          <text className="zoom-step-label" x={-9} y={4} textAnchor="end">
            {markedRow}
          </text>
        </g>
      )}
      {axisTicks(x, 56).map((tick) => (
        <g key={tick} transform={`translate(${left + x(tick + 0.5)},${bottom})`}>
          <line y2={TICK} />
          <text y={15} textAnchor={x(tick + 0.5) > width - 14 ? "end" : "middle"}>
            {tick}
          </text>
        </g>
      ))}
      {Array.from({ length: wordCount }, (_, at) => firstWord + at).map((column) => (
        <text
          key={column}
          className="zoom-word"
          textAnchor="end"
          transform={`translate(${left + x(column + 0.5) + 4},${bottom + 21}) rotate(-90)`}
        >
          {shortened(columnWord(column) ?? "", WORD_LETTERS)}
        </text>
      ))}
      <text x={left + width} y={bottom + (frame.hasWords ? 92 : 28)} textAnchor="end">
        {columnTitle} →
      </text>
    </g>
  );
}

/** Zoom without wheel or keys; shown among a panel's controls. */
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
