// The attention panel: what the newest query of each step paid each position, for one head or joined over all; with its
// controls, legend and outline.
import { memo, useCallback, useRef } from "react";
import { settingTable } from "../../settings/settings";
import { hasTaps, watchedHeadCount } from "../../trace/recorded";
import { Panel } from "../../ui/Panel";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions, type ToolOption } from "../../ui/ToolChoice";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { drawPixels, pixelWord } from "../../ui/zoom/paintBins";
import { ZoomButtons } from "../../ui/zoom/ZoomCanvas";
import type { AxisBins, ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow } from "../../ui/zoom/zoomView";
import type { PanelPage } from "../definePanel";
import { focusHead } from "../focus";
import { FocusChoice } from "../heads/FocusChoice";
import { RecordingNote } from "../heads/RecordingNote";
import { matrixExtent, paintGround, sequentialWords, type MatrixPanelProps } from "../matrix/matrix";
import { BlankItem, HatchItem, MatrixPicture, PromptEdgeItem } from "../matrix/MatrixPicture";
import { attentionPixels } from "./attentionPixels";
import { isJoined, type AttentionHeads, type AttentionSubject } from "./attentionRows";
import {
  attentionReadout,
  attentionRows,
  attentionTable,
  headsInForce,
  missingWords,
  observationWindow,
  queryHeadsOnShow,
  subjectLabel,
  writtenAttention,
  type AttentionScale,
  type AttentionView,
  type ObservationWindow,
} from "./layout";
import { useJoinedRows } from "./useJoinedRows";

type AttentionPanelProps = MatrixPanelProps<AttentionView> & Pick<PanelPage, "isEnded" | "keptHeads" | "onKeepHead">;

export const AttentionPanel = memo(function AttentionPanel(props: AttentionPanelProps) {
  const { heading, trace, step, focus, onFocus, view, zoom } = props;
  const extent = matrixExtent(trace, props.axisStepCount);
  const isRecorded = hasTaps(trace);
  const heads = headsInForce(trace, view.heads);
  const subject = { heads, head: focusHead(trace.header.model, focus) };
  const label = subjectLabel(trace, heads, focus);
  const queryHeads = queryHeadsOnShow(trace, focus);
  const table = () => attentionTable(trace, step, subject, { window: zoomWindow(zoom, extent), subjectLabel: label });
  return (
    <Panel
      {...heading}
      subtitle={
        isJoined(heads) ? (
          label
        ) : (
          <>
            <FocusChoice {...{ focus, onFocus }} model={trace.header.model} />
            {heads !== "focus" && ` · query head ${queryHeads[heads]}`}
          </>
        )
      }
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
        <>
          {!isJoined(heads) && <RecordingNote {...props} />}
          <AttentionPicture {...props} subject={subject} subjectLabel={label} />
        </>
      ) : (
        <p className="panel-empty">
          This run was made with “{settingTable.hasTaps.label}” off, so its attention is not in the trace. Switch it on
          in the set-up and run again.
        </p>
      )}
    </Panel>
  );
});

interface AttentionPictureProps extends AttentionPanelProps {
  readonly subject: AttentionSubject;
  readonly subjectLabel: string;
}

function AttentionPicture(props: AttentionPictureProps) {
  const { trace, step, theme, view, subject, subjectLabel } = props;
  const { heads } = subject;
  const promptCount = trace.header.promptTokens.length;
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
  const window = observationWindow(trace, step);
  const missing = missingWords(trace, step, heads);
  return (
    <>
      {missing !== null && <p className="meter-note">{missing}</p>}
      <MatrixPicture
        {...props}
        what="Attention of the newest query"
        subjectLabel={subjectLabel}
        draw={draw}
        readoutOf={(cell) => attentionReadout(trace, subject, cell)}
        ownMarks={(frame) => window !== null && <WindowOutline frame={frame} window={window} />}
        progress={readyCount < stepTotal && <JoiningProgress readyCount={readyCount} stepCount={stepTotal} />}
      />
      <AttentionLegend
        {...{ view: { ...view, heads }, largest, theme, window }}
        isPartlyRecorded={watchedHeadCount(trace, step) !== null}
      />
    </>
  );
}

const scaleLabels: Readonly<Record<AttentionScale, string>> = { root: "√", linear: "linear" };

interface AttentionControlsProps {
  readonly view: AttentionView;
  /** Query heads of the focused group that the trace holds one by one, by their number in the layer. [member] */
  readonly queryHeads: readonly number[];
  readonly onView: (view: AttentionView) => void;
}

function headsOptions(queryHeads: readonly number[]): readonly ToolOption<AttentionHeads>[] {
  return [
    ["focus", queryHeads.length === 0 ? "focused head" : "KV head (maximum)"],
    ...queryHeads.map((head, member): ToolOption<AttentionHeads> => [member, `query head ${head}`]),
    ["mean", "mean over heads"],
    ["maximum", "max over heads"],
  ];
}

function AttentionControls({ view, queryHeads, onView }: AttentionControlsProps) {
  return (
    <>
      <ToolChoice
        label="of"
        value={view.heads}
        options={headsOptions(queryHeads)}
        onChange={(heads) => onView({ ...view, heads })}
      />
      <ToolChoice
        label="scale"
        value={view.scale}
        options={toolOptions(scaleLabels)}
        onChange={(scale) => onView({ ...view, scale })}
      />
    </>
  );
}

interface WindowOutlineProps {
  readonly frame: ZoomFrame;
  readonly window: ObservationWindow;
}

/** Long dashes around the rows that the last event averaged, short ones around their own columns, kept unscored. */
function WindowOutline({ frame: { x, y }, window }: WindowOutlineProps) {
  const top = y(window.rows[0]);
  const height = Math.max(3, y(window.rows[1] + 1) - top);
  const right = x(window.columns[1] + 1);
  const left = x(window.columns[0]);
  return (
    <>
      <rect className="zoom-window-rows" x={x(0)} y={top} width={right - x(0)} height={height} />
      <rect className="zoom-window-columns" x={left} y={top} width={Math.max(3, right - left)} height={height} />
    </>
  );
}

interface AttentionLegendProps {
  readonly view: AttentionView;
  readonly largest: number;
  readonly theme: Theme;
  readonly window: ObservationWindow | null;
  readonly isPartlyRecorded: boolean;
}

function AttentionLegend({ view, largest, theme, window, isPartlyRecorded }: AttentionLegendProps) {
  const scale = view.scale === "root" ? "√ scale" : "linear scale";
  return (
    <div className="legend">
      <SequentialLegend
        label={`newest query’s attention, share (${scale})`}
        low="0"
        high={writtenAttention(largest)}
        theme={theme}
      />
      <BlankItem>{isJoined(view.heads) ? "evicted by every head" : "evicted before the step"}</BlankItem>
      <HatchItem>{isPartlyRecorded ? "not there yet, or not recorded" : "not there yet"}</HatchItem>
      <PromptEdgeItem />
      {window !== null && (
        <>
          <span className="legend-item">
            <svg width={24} height={12} aria-hidden="true">
              <path className="zoom-window-rows" d="M0,1H24M0,11H24" />
            </svg>
            window queries of the event at step {window.eventStep}
          </span>
          <span className="legend-item">
            <svg width={14} height={12} aria-hidden="true">
              <rect className="zoom-window-columns" x={1} y={1} width={12} height={10} />
            </svg>
            the window’s own tokens, kept
          </span>
        </>
      )}
      <span className="legend-item">a pixel of several cells shows the largest</span>
    </div>
  );
}

interface JoiningProgressProps {
  readonly readyCount: number;
  readonly stepCount: number;
}

/** Follows the readout while rows over all heads are still being joined; the picture is already there. */
function JoiningProgress({ readyCount, stepCount }: JoiningProgressProps) {
  return (
    <span className="zoom-progress">
      <progress value={readyCount} max={stepCount} aria-label="Steps whose heads are joined" />
      joining heads: {readyCount} of {stepCount} steps
    </span>
  );
}
