// The attention panel: what the newest query of each step paid each position, for one head or joined over all.
import { memo, useCallback, useRef, useState } from "react";
import { settingTable } from "../../settings/settings";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { themeColour } from "../../ui/useTheme";
import type { AxisBins } from "../../ui/zoom/cellGrid";
import { drawPixels, pixelWord } from "../../ui/zoom/paintBins";
import { ZoomButtons, ZoomCanvas } from "../../ui/zoom/ZoomCanvas";
import type { Cell, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow } from "../../ui/zoom/zoomView";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import { matrixExtent, paintGround, sequentialWords } from "../matrix/ground";
import { MatrixMarks } from "../matrix/MatrixMarks";
import { selectedPosition } from "../selection";
import { tokenLabel, tokenText } from "../tokenFacts";
import { AttentionControls, AttentionLegend, JoiningProgress, WindowOutline } from "./AttentionParts";
import { attentionPixels } from "./attentionPixels";
import { attentionTable } from "./attentionTable";
import {
  attentionReadout,
  attentionRows,
  hasAttention,
  headsInForce,
  isJoined,
  observationWindow,
  queryHeadsOnShow,
  subjectLabel,
  type AttentionSubject,
  type AttentionView,
} from "./layout";
import { useJoinedRows } from "./useJoinedRows";

type AttentionPanelProps = PanelProps<
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
  AttentionView
>;

export const AttentionPanel = memo(function AttentionPanel(props: AttentionPanelProps) {
  const { heading, trace, step, focus, view, zoom } = props;
  const extent = matrixExtent(trace, props.axisStepCount);
  const isRecorded = hasAttention(trace);
  const heads = headsInForce(trace, view.heads);
  const subject = { heads, head: focusHead(trace.header.model, focus) };
  const label = subjectLabel(trace, heads, focus);
  const queryHeads = queryHeadsOnShow(trace, focus);
  const table = () => attentionTable(trace, step, subject, { window: zoomWindow(zoom, extent), subjectLabel: label });
  return (
    <Panel
      {...heading}
      subtitle={isJoined(heads) ? label : shortSubjectLabel(focus, queryHeads, heads)}
      provenance={isJoined(heads) ? [props.provenance, "derived"] : [props.provenance]}
      controls={
        isRecorded && (
          <>
            <AttentionControls view={{ ...view, heads }} queryHeads={queryHeads} onView={props.onView} />
            <ZoomButtons what="attention" view={zoom} extent={extent} onView={props.onZoom} />
          </>
        )
      }
      table={isRecorded ? table : undefined}
    >
      {isRecorded ? (
        <AttentionPicture {...props} subject={subject} subjectLabel={label} />
      ) : (
        <p className="panel-empty">
          This run was made with “{settingTable.hasTaps.label}” off, so its attention is not in the trace. Switch it on
          among the settings of the engine and run again.
        </p>
      )}
    </Panel>
  );
});

function shortSubjectLabel(focus: Focus, queryHeads: readonly number[], heads: "focus" | number): string {
  const label = shortFocusLabel(focus);
  return heads === "focus" ? label : `${label} · query head ${queryHeads[heads]}`;
}

interface AttentionPictureProps extends AttentionPanelProps {
  readonly subject: AttentionSubject;
  readonly subjectLabel: string;
}

function AttentionPicture(props: AttentionPictureProps) {
  const { trace, step, axisStepCount, theme, view, subject, zoom, hovered, pinned, onHover, onPin } = props;
  const { heads } = subject;
  const [pointed, setPointed] = useState<Cell | null>(null);
  const promptCount = trace.header.promptTokens.length;
  const extent = matrixExtent(trace, axisStepCount);
  const shown = useRef<AxisBins | null>(null);
  const stepTotal = trace.steps.length;
  const readyCount = useJoinedRows(trace, { heads, stepCount: stepTotal, lastStep: step, shown });
  const rows = attentionRows(trace, subject);
  const largest = rows.largest();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, { grid, width }: ZoomFrame) => {
      shown.current = grid.rows;
      const blank = pixelWord(themeColour("--panel", theme));
      const paint = { largest, scale: view.scale, ramp: sequentialWords(theme), blank, ground: paintGround(theme) };
      drawPixels(context, attentionPixels({ rows, readyCount, promptCount, lastStep: step }, grid, paint), width);
    },
    [rows, readyCount, step, largest, view.scale, theme, promptCount],
  );
  const isWritten = (column: number): boolean => column < promptCount + step;
  const at = pointed ?? { column: selectedPosition(props), row: step };
  const readout =
    at.row > step
      ? `step ${at.row}: not reached yet`
      : attentionReadout(trace, subject, { step: at.row, position: at.column });
  const window = observationWindow(trace, step);
  return (
    <>
      <ZoomCanvas
        label={`Attention of the newest query, step by position, ${props.subjectLabel}, steps 0 to ${step}; ${readout}`}
        columnTitle="position in the text"
        rowTitle="step"
        extent={extent}
        view={zoom}
        onView={props.onZoom}
        draw={draw}
        markedRow={step}
        columnWord={(column) => (isWritten(column) ? tokenLabel(tokenText(trace, column)) : null)}
        marks={(frame) => (
          <>
            {window !== null && <WindowOutline frame={frame} window={window} />}
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
        {readyCount < stepTotal && <JoiningProgress readyCount={readyCount} stepCount={stepTotal} />}
      </p>
      <AttentionLegend {...{ view: { ...view, heads }, largest, theme, window }} />
    </>
  );
}
