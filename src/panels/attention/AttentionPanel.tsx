// The attention panel: what the newest query of each step paid each position, for one head or joined over all.
import { memo, useCallback, useState } from "react";
import { settingTable } from "../../settings/settings";
import type { Trace } from "../../trace/trace";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/themeColours";
import { drawPixels } from "../../ui/zoom/drawPixels";
import { paintBins, pixelWord } from "../../ui/zoom/paintBins";
import { ZoomButtons } from "../../ui/zoom/ZoomButtons";
import { ZoomCanvas } from "../../ui/zoom/ZoomCanvas";
import type { Cell, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow, type ZoomView } from "../../ui/zoom/zoomView";
import { focusHead, focusLabel, shortFocusLabel, type Focus } from "../focus";
import { paintGround, sequentialWords } from "../matrix/ground";
import { matrixExtent } from "../matrix/matrixExtent";
import { MatrixMarks } from "../matrix/MatrixMarks";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { tokenLabel, tokenText } from "../tokenFacts";
import { attentionColours } from "./attentionColours";
import { attentionPeaks } from "./attentionImage";
import { AttentionControls, AttentionLegend, WindowOutline } from "./AttentionParts";
import { attentionTable } from "./attentionTable";
import {
  attentionReadout,
  attentionRows,
  hasAttention,
  observationWindow,
  type AttentionSubject,
  type AttentionView,
} from "./layout";
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

const explanation = {
  text:
    "Each row is a step, each column a position in the text, and the colour is the attention that the step's newest " +
    "query paid to it. A trace keeps one number per KV head, the largest among the query heads that share it, so rows " +
    "of single query heads cannot be shown; the mean over heads counts a head that let the token go as paying nothing.",
  formula: "A[t, p] = max over query heads q of the group of softmax(Q·K / √d)[q, newest t, p]",
};

export const AttentionPanel = memo(function AttentionPanel(props: AttentionPanelProps) {
  const { trace, step, focus, view, zoom } = props;
  const extent = matrixExtent(trace, props.stepCount);
  const isRecorded = hasAttention(trace);
  const subject = { heads: view.heads, head: focusHead(trace.header.model, focus) };
  const subjectLabel = subjectLabels[view.heads] ?? focusLabel(focus);
  const table = () => attentionTable(trace, step, subject, { window: zoomWindow(zoom, extent), subjectLabel });
  return (
    <Panel
      name="attention"
      title="Attention"
      subtitle={subjectLabels[view.heads] ?? shortFocusLabel(focus)}
      provenance={view.heads === "focus" ? [props.provenance] : [props.provenance, "derived"]}
      controls={
        isRecorded && (
          <>
            <AttentionControls view={view} onView={props.onView} />
            <ZoomButtons what="attention" view={zoom} extent={extent} onView={props.onZoom} />
          </>
        )
      }
      explanation={explanation}
      table={isRecorded ? table : undefined}
    >
      {isRecorded ? (
        <AttentionPicture {...props} subject={subject} subjectLabel={subjectLabel} />
      ) : (
        <p className="panel-empty">
          This run was made with “{settingTable.hasTaps.label}” off, so its attention is not in the trace. Switch it on
          among the settings of the engine and run again.
        </p>
      )}
    </Panel>
  );
});

const subjectLabels = { focus: null, mean: "mean over all heads", maximum: "maximum over all heads" } as const;

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
  const readyCount = useJoinedRows(trace, heads, trace.steps.length);
  const rows = attentionRows(trace, subject);
  const largest = rows.largest();
  const lastStep = Math.min(step, readyCount - 1);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, { grid, width }: ZoomFrame) => {
      const peaks = attentionPeaks(rows, grid, lastStep);
      const blank = pixelWord(themeColour("--panel", theme));
      const paint = { largest, scale: view.scale, ramp: sequentialWords(theme), blank };
      const colours = attentionColours(peaks, grid, { promptCount, lastStep }, paint);
      drawPixels(context, paintBins(grid, { colours, stripes: null }, paintGround(theme)), width);
    },
    [rows, lastStep, largest, view.scale, theme, promptCount],
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
        {readyCount <= step ? `joining heads: ${readyCount} of ${trace.steps.length} steps` : readout}
      </p>
      <AttentionLegend {...{ view, largest, theme, window }} />
    </>
  );
}
