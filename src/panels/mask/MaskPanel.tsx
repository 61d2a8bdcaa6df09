// The sparse mask panel: what each step's query can see, replayed from what the events kept; on demand also where the
// reference's training mask differs. With its controls and legend.
import { memo, useCallback, useMemo } from "react";
import { writtenShare } from "../../ui/numbers";
import { hasMerges } from "../../trace/carried";
import { selectsReads } from "../../trace/reading";
import { hasWindows } from "../../trace/layerWindows";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { ZoomButtons } from "../../ui/zoom/ZoomCanvas";
import type { ZoomFrame } from "../../ui/zoom/zoomFrame";
import { zoomWindow } from "../../ui/zoom/zoomView";
import { focusHead, focusLabel } from "../focus";
import { FocusChoice } from "../heads/FocusChoice";
import { matrixExtent, type MatrixPanelProps } from "../matrix/matrix";
import { BlankItem, HatchItem, MatrixPicture, PromptEdgeItem } from "../matrix/MatrixPicture";
import { lagSteps, maskCounts, maskReadout, maskTable, type MaskCounts, type MaskHeads, type MaskView } from "./layout";
import { paintMask } from "./maskLayer";
import { MasksBeside, type MaskPictureProps } from "./MasksBeside";
import { MaskResults } from "./MaskResults";
import "./mask.css";

export const MaskPanel = memo(function MaskPanel(props: MatrixPanelProps<MaskView>) {
  const { heading, trace, step, focus, onFocus, view, zoom } = props;
  const { model } = trace.header;
  const extent = matrixExtent(trace, props.axisStepCount);
  const subject = view.heads === "all" ? null : focusHead(model, focus);
  const subjectLabel = subject === null ? "all heads" : focusLabel(focus);
  return (
    <Panel
      {...heading}
      subtitle={subject === null ? "share of all heads" : <FocusChoice {...{ model, focus, onFocus }} />}
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

function MaskPicture(props: MaskPictureProps) {
  const { trace, step, theme, view, subject, subjectLabel } = props;
  const isBeside = view.showsLag && view.isBeside;
  const lagging = view.showsLag && !isBeside ? lagSteps(trace) : 0;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, frame: ZoomFrame) => {
      paintMask(context, frame, { trace, subject, lagSteps: lagging, theme }, step);
    },
    [trace, subject, step, lagging, theme],
  );
  // Adds up every step's lengths over the heads: not again for each cell under the pointer.
  const counts = useMemo(() => maskCounts(trace, step, subject), [trace, step, subject]);
  const picture = (
    <MatrixPicture
      {...props}
      what="Sparse mask"
      subjectLabel={subjectLabel}
      draw={draw}
      readoutOf={(cell) => maskReadout(trace, subject, cell)}
    />
  );
  return (
    <>
      {isBeside ? <MasksBeside {...props} picture={picture} /> : picture}
      <MaskLegend
        {...{ view, counts }}
        lagSteps={lagSteps(trace)}
        merges={hasMerges(trace)}
        limitsSight={hasWindows(trace.header)}
        selects={selectsReads(trace)}
      />
      {view.showsLag && <MaskResults />}
    </>
  );
}

const headsLabels: Readonly<Record<MaskHeads, string>> = { focus: "focused head", all: "all heads, share" };

interface MaskControlsProps {
  readonly view: MaskView;
  readonly onView: (view: MaskView) => void;
}

function MaskControls({ view, onView }: MaskControlsProps) {
  return (
    <>
      <ToolChoice
        label="of"
        value={view.heads}
        options={toolOptions(headsLabels)}
        onChange={(heads) => onView({ ...view, heads })}
      />
      <label className="tool">
        <input
          type="checkbox"
          checked={view.showsLag}
          onChange={(event) => onView({ ...view, showsLag: event.target.checked })}
        />
        <span>training mask</span>
      </label>
      {view.showsLag && (
        <label className="tool">
          <input
            type="checkbox"
            checked={view.isBeside}
            onChange={(event) => onView({ ...view, isBeside: event.target.checked })}
          />
          <span>beside</span>
        </label>
      )}
    </>
  );
}

interface MaskLegendProps {
  readonly view: MaskView;
  readonly counts: MaskCounts;
  readonly lagSteps: number;
  /** Some tokens are carried on by others. */
  readonly merges: boolean;
  /** Some layers see only their newest tokens. */
  readonly limitsSight: boolean;
  /** Not every slot that is held is read. */
  readonly selects: boolean;
}

function MaskLegend({ view, counts, lagSteps, merges, limitsSight, selects }: MaskLegendProps) {
  const { writtenCells, visibleCells, laggingCells, carriedCells, readCells } = counts;
  const isShare = view.heads === "all";
  const gone = merges ? "dropped" : "evicted";
  const writtenIn = (cells: number): string => Math.round(cells).toLocaleString("en");
  return (
    <div className="legend">
      <span className="legend-item">
        {selects ? "read" : "visible"}, share of {isShare ? "heads and cells" : "a pixel’s cells"}
        <span className="legend-bound">0</span>
        <svg width={60} height={11} aria-hidden="true">
          {[0.14, 0.36, 0.57, 0.79, 1].map((share, at) => (
            <rect key={share} className="mask-visible" x={12 * at} width={12} height={11} opacity={share} />
          ))}
        </svg>
        <span className="legend-bound">100 %</span>
      </span>
      <span className="legend-item">
        <svg width={16} height={12} aria-hidden="true">
          <rect className="mask-visible" width={16} height={6} />
          <rect className="fill-evicted" y={6} width={16} height={2.5} />
        </svg>
        {isShare ? `${gone} by the last head at this step` : `${gone} at this step`}
      </span>
      {selects && (
        <span className="legend-item">
          <svg width={16} height={12} aria-hidden="true">
            <rect className="fill-held" width={16} height={12} />
          </svg>
          held, unread: {writtenIn(visibleCells - readCells)} cells{isShare && " per head"} (
          {writtenShare(1 - readCells / visibleCells)} of those held)
        </span>
      )}
      {merges && (
        <span className="legend-item">
          <svg width={16} height={12} aria-hidden="true">
            <rect className="fill-carried" width={16} height={12} />
          </svg>
          carried by another token: {writtenIn(carriedCells)} cells{isShare && " per head"}
        </span>
      )}
      {limitsSight && (
        <span className="legend-item">
          <svg width={16} height={12} aria-hidden="true">
            <rect className="fill-dead" width={16} height={12} />
          </svg>
          outside its layer’s window
        </span>
      )}
      <BlankItem>{gone}</BlankItem>
      <HatchItem>not written yet</HatchItem>
      <PromptEdgeItem />
      <span className="legend-item">
        {writtenIn(visibleCells)} of {writtenCells.toLocaleString("en")} cells {selects ? "held" : "visible"}
        {isShare && " per head"} ({writtenShare(visibleCells / writtenCells)})
      </span>
      {view.showsLag && !view.isBeside && (
        <span className="legend-item">
          <svg width={16} height={12} aria-hidden="true">
            <path className="mask-stripes" d="M0,2L10,12M2,-2L16,12M9,-1L18,8M-4,4L4,12" />
          </svg>
          shown by the reference’s training mask only, {lagSteps} steps behind: {writtenIn(laggingCells)} cells
          {isShare && " per head"} differ ({writtenShare(laggingCells / visibleCells)} of the visible)
        </span>
      )}
    </div>
  );
}
