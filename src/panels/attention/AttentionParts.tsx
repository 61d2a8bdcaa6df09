// Controls, legend and outline of the attention panel.
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { Theme } from "../../ui/scale";
import type { ZoomFrame } from "../../ui/zoom/zoomFrame";
import { BlankItem, HatchItem, PromptEdgeItem } from "../matrix/legendItems";
import {
  writtenAttention,
  type AttentionHeads,
  type AttentionScale,
  type AttentionView,
  type ObservationWindow,
} from "./layout";

const headsLabels: Readonly<Record<AttentionHeads, string>> = {
  focus: "focused head",
  mean: "mean over heads",
  maximum: "max over heads",
};
const scaleLabels: Readonly<Record<AttentionScale, string>> = { root: "√", linear: "linear" };

interface AttentionControlsProps {
  readonly view: AttentionView;
  readonly onView: (view: AttentionView) => void;
}

export function AttentionControls({ view, onView }: AttentionControlsProps) {
  return (
    <>
      <ToolChoice
        label="of"
        value={view.heads}
        options={toolOptions(headsLabels)}
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
      <BlankItem>{view.heads === "focus" ? "evicted before the step" : "evicted by every head"}</BlankItem>
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
