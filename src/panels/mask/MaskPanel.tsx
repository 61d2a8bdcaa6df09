// The sparse mask panel: what each step's query can see, replayed from what the events kept; on demand also where the
// reference's training mask differs.
import { memo, useCallback, useState } from "react";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { ZoomButtons, ZoomCanvas } from "../../ui/zoom/ZoomCanvas";
import type { Cell, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow } from "../../ui/zoom/zoomView";
import { focusHead, focusLabel, shortFocusLabel } from "../focus";
import { matrixExtent } from "../matrix/ground";
import { MatrixMarks } from "../matrix/MatrixMarks";
import { selectedPosition } from "../selection";
import { slotsText } from "../slotsText";
import { tokenLabel, tokenText } from "../tokenFacts";
import { lagSteps, maskCounts, maskReadout, type MaskView } from "./layout";
import { paintMask } from "./maskLayer";
import type { MaskSubject } from "./maskLives";
import { MaskControls, MaskLegend } from "./MaskParts";
import { maskTable } from "./maskTable";

type MaskPanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onPin"
  | "axisStepCount"
  | "zoom"
  | "onZoom"
  | "theme"
  | "provenance",
  MaskView
>;

export const MaskPanel = memo(function MaskPanel(props: MaskPanelProps) {
  const { heading, trace, step, focus, view, zoom } = props;
  const extent = matrixExtent(trace, props.axisStepCount);
  const subject = view.heads === "all" ? null : focusHead(trace.header.model, focus);
  const subjectLabel = subject === null ? "all heads" : focusLabel(focus);
  return (
    <Panel
      {...heading}
      subtitle={subject === null ? "share of all heads" : shortFocusLabel(focus)}
      provenance={[props.provenance, "derived"]}
      controls={
        <>
          <MaskControls view={view} onView={props.onView} />
          <ZoomButtons what="the sparse mask" view={zoom} extent={extent} onView={props.onZoom} />
        </>
      }
      table={() => maskTable(trace, step, subject, { window: zoomWindow(zoom, extent), subjectLabel })}
    >
      <MaskPicture {...props} subject={subject} subjectLabel={subjectLabel} />
    </Panel>
  );
});

interface MaskPictureProps extends MaskPanelProps {
  readonly subject: MaskSubject;
  readonly subjectLabel: string;
}

function MaskPicture(props: MaskPictureProps) {
  const { trace, step, theme, view, subject, zoom, hovered, pinned, onHover, onPin } = props;
  const [pointed, setPointed] = useState<Cell | null>(null);
  const promptCount = trace.header.promptTokens.length;
  const lagging = view.showsLag ? lagSteps(trace) : 0;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, frame: ZoomFrame) => {
      paintMask(context, frame, { trace, subject, lagSteps: lagging, theme }, step);
    },
    [trace, subject, step, lagging, theme],
  );
  const isWritten = (column: number): boolean => column < promptCount + step;
  const counts = maskCounts(trace, step, subject);
  const readout = readoutOf(props, pointed);
  return (
    <>
      <ZoomCanvas
        label={`Sparse mask, step by position, ${props.subjectLabel}, steps 0 to ${step}; ${readout}`}
        columnTitle="position in the text"
        rowTitle="step"
        extent={matrixExtent(trace, props.axisStepCount)}
        view={zoom}
        onView={props.onZoom}
        draw={draw}
        markedRow={step}
        columnWord={(column) => (isWritten(column) ? tokenLabel(tokenText(trace, column)) : null)}
        marks={(frame) => <MatrixMarks {...{ frame, promptCount, step, pointed, hovered, pinned }} />}
        onPoint={(cell, anchor) => {
          setPointed(cell);
          onHover(cell !== null && isWritten(cell.column) ? cell.column : null, anchor);
        }}
        onPick={({ column }) => {
          if (isWritten(column)) onPin(column);
        }}
      />
      <p className="zoom-readout">{readout}</p>
      <MaskLegend view={view} counts={counts} lagSteps={lagSteps(trace)} />
    </>
  );
}

function readoutOf(props: MaskPictureProps, pointed: Cell | null): string {
  const { trace, step, subject } = props;
  if (pointed !== null && pointed.row > step) return `step ${pointed.row}: not reached yet`;
  const position = pointed?.column ?? selectedPosition(props);
  if (position !== null) return maskReadout(trace, subject, { step: pointed?.row ?? step, position });
  const written = trace.header.promptTokens.length + step;
  const { lengths } = trace.steps[step];
  const seen = subject === null ? `each head sees ${slotsText(lengths)}` : `the head sees ${lengths[subject]}`;
  return `step ${step}: ${seen} of ${written} positions`;
}
