// Controls, legend and outline of the attention panel.
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions, type ToolOption } from "../../ui/ToolChoice";
import type { Theme } from "../../ui/scale";
import type { ZoomFrame } from "../../ui/zoom/zoomFrame";
import { BlankItem, HatchItem, PromptEdgeItem } from "../matrix/MatrixMarks";
import {
  isJoined,
  writtenAttention,
  type AttentionHeads,
  type AttentionScale,
  type AttentionView,
  type ObservationWindow,
} from "./layout";

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

export function AttentionControls({ view, queryHeads, onView }: AttentionControlsProps) {
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
export function WindowOutline({ frame: { x, y }, window }: WindowOutlineProps) {
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
}

export function AttentionLegend({ view, largest, theme, window }: AttentionLegendProps) {
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
      <HatchItem>not there yet</HatchItem>
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

/** Beside the readout while rows over all heads are still being joined; the picture already stands. */
export function JoiningProgress({ readyCount, stepCount }: JoiningProgressProps) {
  return (
    <span className="zoom-progress">
      <progress value={readyCount} max={stepCount} aria-label="Steps whose heads are joined" />
      joining heads: {readyCount} of {stepCount} steps
    </span>
  );
}
