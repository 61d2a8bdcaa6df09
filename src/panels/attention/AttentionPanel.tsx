// The attention panel: what the newest query of each step paid each position, for one head or joined over all.
import { memo, useCallback, useRef, useState } from "react";
import { settingTable } from "../../settings/settings";
import type { Trace } from "../../trace/trace";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import type { AxisBins } from "../../ui/zoom/cellGrid";
import { drawPixels, pixelWord } from "../../ui/zoom/paintBins";
import { ZoomButtons, ZoomCanvas } from "../../ui/zoom/ZoomCanvas";
import type { Cell, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow, type ZoomView } from "../../ui/zoom/zoomView";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import { matrixExtent, paintGround, sequentialWords } from "../matrix/ground";
import { MatrixMarks } from "../matrix/MatrixMarks";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
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
import { groupSizeOf, hasHeadAttention } from "./recordedRow";
import { useJoinedRows } from "./useJoinedRows";

interface AttentionPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  /** Steps that the axes span: those of the run, or what it is expected to take. */
  readonly stepCount: number;
  readonly focus: Focus;
  readonly theme: Theme;
  readonly provenance: Provenance;
  readonly view: AttentionView;
  readonly onView: (view: AttentionView) => void;
  readonly zoom: ZoomView;
  readonly onZoom: (zoom: ZoomView) => void;
}

function explanationOf(trace: Trace): { readonly text: string; readonly formula: string } {
  const groupSize = groupSizeOf(trace);
  return {
    text:
      "Each row is a step, each column a position in the text, and the colour is the attention that the step's newest " +
      `query paid to it; the mean over heads counts a head that let the token go as paying nothing. ${groupWords(trace)}`,
    formula:
      groupSize === 1
        ? "A[t, p] = softmax(Q·K / √d)[newest t, p]"
        : "A[t, p] = max over query heads q of the group of softmax(Q·K / √d)[q, newest t, p]",
  };
}

function groupWords(trace: Trace): string {
  const groupSize = groupSizeOf(trace);
  if (groupSize === 1) return "In this model every KV head has one query head, whose row it is.";
  const shared = `${groupSize} query heads share a KV head, and its row is the largest among them`;
  return hasHeadAttention(trace)
    ? `${shared}; this run also kept each of them by itself, under “of”, with colours on the group's scale.`
    : `${shared}; to see each by itself, switch on “${settingTable.hasHeadTaps.label}” among the settings of the engine and run again.`;
}

export const AttentionPanel = memo(function AttentionPanel(props: AttentionPanelProps) {
  const { trace, step, focus, view, zoom } = props;
  const extent = matrixExtent(trace, props.stepCount);
  const isRecorded = hasAttention(trace);
  const heads = headsInForce(trace, view.heads);
  const subject = { heads, head: focusHead(trace.header.model, focus) };
  const label = subjectLabel(trace, heads, focus);
  const queryHeads = queryHeadsOnShow(trace, focus);
  const table = () => attentionTable(trace, step, subject, { window: zoomWindow(zoom, extent), subjectLabel: label });
  return (
    <Panel
      name="attention"
      title="Attention"
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
      explanation={explanationOf(trace)}
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
  const { trace, step, stepCount, theme, view, subject, zoom, hovered, pinned, onHover, onPin } = props;
  const { heads } = subject;
  const [pointed, setPointed] = useState<Cell | null>(null);
  const promptCount = trace.header.promptTokens.length;
  const extent = matrixExtent(trace, stepCount);
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
