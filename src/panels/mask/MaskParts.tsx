// Controls and legend of the sparse mask panel.
import { writtenShare } from "../../ui/numbers";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { BlankItem, HatchItem, PromptEdgeItem } from "../matrix/MatrixMarks";
import type { MaskCounts, MaskHeads, MaskView } from "./layout";

const headsLabels: Readonly<Record<MaskHeads, string>> = { focus: "focused head", all: "all heads, share" };

interface MaskControlsProps {
  readonly view: MaskView;
  readonly onView: (view: MaskView) => void;
}

export function MaskControls({ view, onView }: MaskControlsProps) {
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
    </>
  );
}

interface MaskLegendProps {
  readonly view: MaskView;
  readonly counts: MaskCounts;
  readonly lagSteps: number;
}

export function MaskLegend({ view, counts, lagSteps }: MaskLegendProps) {
  const { writtenCells, visibleCells, laggingCells } = counts;
  const isShare = view.heads === "all";
  return (
    <div className="legend">
      <span className="legend-item">
        visible, share of {isShare ? "heads and cells" : "a pixel’s cells"}
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
        {isShare ? "cut by the last head" : "cut by an event"}
      </span>
      <BlankItem>evicted</BlankItem>
      <HatchItem>not written yet</HatchItem>
      <PromptEdgeItem />
      <span className="legend-item">
        {Math.round(visibleCells).toLocaleString("en")} of {writtenCells.toLocaleString("en")} cells visible
        {isShare && " per head"} ({writtenShare(visibleCells / writtenCells)})
      </span>
      {view.showsLag && (
        <span className="legend-item">
          <svg width={16} height={12} aria-hidden="true">
            <path className="mask-stripes" d="M0,2L10,12M2,-2L16,12M9,-1L18,8M-4,4L4,12" />
          </svg>
          shown by the reference’s training mask only, {lagSteps} steps behind:{" "}
          {Math.round(laggingCells).toLocaleString("en")} cells
          {isShare && " per head"} differ ({writtenShare(laggingCells / visibleCells)} of the visible)
        </span>
      )}
    </div>
  );
}
