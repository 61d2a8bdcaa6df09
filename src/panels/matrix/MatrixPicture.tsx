// A picture of steps by positions: the zoomable canvas, the cell under the pointer and its readout, and the marks that all
// such pictures share: the end of the prompt, the row of the shown step, the token pointed at and pinned, and the cross
// under the pointer. Its legend items stand at the end.
import { useState, type ReactNode } from "react";
import { ZoomCanvas } from "../../ui/zoom/ZoomCanvas";
import type { Cell, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { selectedPosition, type Selection } from "../selection";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { matrixExtent, type MatrixPanelProps } from "./matrix";

interface MatrixPictureProps extends Omit<MatrixPanelProps<unknown>, "heading" | "view" | "onView"> {
  /** What is drawn, and of which head. */
  readonly what: string;
  readonly subjectLabel: string;
  readonly draw: (context: CanvasRenderingContext2D, frame: ZoomFrame) => void;
  /** A cell in words; without a position, the row. */
  readonly readoutOf: (cell: { readonly step: number; readonly position: number | null }) => string;
  /** Under the marks that all pictures have. */
  readonly ownMarks?: (frame: ZoomFrame) => ReactNode;
  readonly progress?: ReactNode;
}

export function MatrixPicture(props: MatrixPictureProps) {
  const { trace, step, hovered, pinned, onHover, onPin } = props;
  const [pointed, setPointed] = useState<Cell | null>(null);
  const promptCount = trace.header.promptTokens.length;
  const isWritten = (column: number): boolean => column < promptCount + step;
  const at = { step: pointed?.row ?? step, position: pointed?.column ?? selectedPosition(props) };
  const readout = at.step > step ? `step ${at.step}: not reached yet` : props.readoutOf(at);
  return (
    <>
      <ZoomCanvas
        label={`${props.what}, step by position, ${props.subjectLabel}, steps 0 to ${step}; ${readout}`}
        columnTitle="position in the text"
        rowTitle="step"
        extent={matrixExtent(trace, props.axisStepCount)}
        view={props.zoom}
        onView={props.onZoom}
        draw={props.draw}
        markedRow={step}
        columnWord={(column) => (isWritten(column) ? tokenLabel(tokenText(trace, column)) : null)}
        marks={(frame) => (
          <>
            {props.ownMarks?.(frame)}
            <MatrixMarks {...{ frame, promptCount, step, pointed, hovered, pinned }} />
          </>
        )}
        onPoint={(cell, anchor) => {
          setPointed(cell);
          onHover(cell !== null && isWritten(cell.column) ? cell.column : null, anchor);
        }}
        onPick={({ column }) => {
          if (isWritten(column)) onPin(column);
        }}
      />
      <p className="zoom-readout">
        {readout}
        {props.progress}
      </p>
    </>
  );
}

interface MatrixMarksProps extends Selection {
  readonly frame: ZoomFrame;
  readonly promptCount: number;
  readonly step: number;
  readonly pointed: Cell | null;
}

const THIN_ROW = 6;
const LEAST_REACH = 3.5;

function MatrixMarks({ frame, promptCount, step, pointed, hovered, pinned }: MatrixMarksProps) {
  const { x, y, width, height, window } = frame;
  if (step < window.y0) return <NotReached frame={frame} step={step} />;
  const promptEdge = Math.round(x(promptCount)) + 0.5;
  return (
    <>
      <line className="zoom-prompt" x1={promptEdge} x2={promptEdge} y2={height} />
      {hovered !== null && <rect className="zoom-lit" {...columnBand(frame, hovered)} />}
      {pinned !== null && <PinnedColumn frame={frame} position={pinned} />}
      <ShownRow frame={frame} end={promptCount + step} step={step} />
      {pointed !== null && (
        <path className="zoom-cross" d={`M0,${y(pointed.row + 0.5)}H${width}M${x(pointed.column + 0.5)},0V${height}`} />
      )}
    </>
  );
}

/** Replaces the marks where the part in sight lies after the shown step: there is nothing to draw. */
function NotReached({ frame, step }: { readonly frame: ZoomFrame; readonly step: number }) {
  const x = frame.width / 2;
  return (
    <text className="zoom-note" y={frame.height / 2} textAnchor="middle">
      <tspan x={x}>This part starts at step {Math.ceil(frame.window.y0)}.</tspan>
      <tspan x={x} dy={18}>
        Step {step} is shown; “all” leads back to it.
      </tspan>
    </text>
  );
}

/** The shown step's row up to its newest token: framed, or underlined if rows are too thin for a frame. */
function ShownRow({ frame, end, step }: { readonly frame: ZoomFrame; readonly end: number; readonly step: number }) {
  const { x, y } = frame;
  const [left, right, top, bottom] = [x(0), x(end), y(step), y(step + 1)];
  if (bottom - top < THIN_ROW) return <line className="zoom-step" x1={left} x2={right} y1={bottom} y2={bottom} />;
  return <rect className="zoom-step" x={left} width={right - left} y={top} height={bottom - top} />;
}

/** Two lines and a wedge at the top: its shape sets it apart from the pointer's band. */
function PinnedColumn({ frame, position }: { readonly frame: ZoomFrame; readonly position: number }) {
  const { x, width, height } = columnBand(frame, position);
  const centre = x + width / 2;
  // Next to a thin column, not on it.
  const reach = Math.max(width / 2, LEAST_REACH);
  return (
    <>
      <path className="zoom-pin" d={`M${centre - reach},0V${height}M${centre + reach},0V${height}`} />
      <path className="zoom-step-mark" d={`M${centre - 5},0h10l-5,8Z`} />
    </>
  );
}

function columnBand({ x, height }: ZoomFrame, position: number) {
  return { x: x(position), width: Math.max(2, x(position + 1) - x(position)), y: 0, height };
}

/** Ground without a colour: the token was evicted. */
export function BlankItem({ children }: { readonly children: string }) {
  return (
    <span className="legend-item">
      <svg width={14} height={12} aria-hidden="true">
        <rect className="legend-blank" x={0.5} y={0.5} width={13} height={11} />
      </svg>
      {children}
    </span>
  );
}

export function HatchItem({ children }: { readonly children: string }) {
  return (
    <span className="legend-item">
      <svg width={14} height={12} aria-hidden="true">
        <rect className="legend-ground" width={14} height={12} />
        <path className="legend-hatch" d="M0,6L6,0M0,12L12,0M6,12L14,4M12,12L14,10" />
      </svg>
      {children}
    </span>
  );
}

export function PromptEdgeItem() {
  return (
    <span className="legend-item">
      <svg width={6} height={14} aria-hidden="true">
        <line className="zoom-prompt" x1={3} x2={3} y2={14} />
      </svg>
      prompt | generated
    </span>
  );
}
