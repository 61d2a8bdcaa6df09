// How many windows are compared, how much of the candidates counts as kept, and whose scores.
import { writtenShare } from "../../ui/numbers";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { Trace } from "../../trace/trace";
import { overlapSources, retainedShares, windowCounts, type OverlapSource, type OverlapView } from "./view";

const sourceLabels: Readonly<Record<OverlapSource, string>> = { rows: "attention rows", events: "scores at events" };

interface OverlapControlsProps {
  readonly trace: Trace;
  readonly view: OverlapView;
  readonly source: OverlapSource | null;
  /** Place of the retained share in force. */
  readonly place: number;
  readonly onView: (view: OverlapView) => void;
}

export function OverlapControls({ trace, view, source, place, onView }: OverlapControlsProps) {
  const hasChoice = overlapSources(trace).length > 1;
  return (
    <>
      {hasChoice && source !== null && (
        <ToolChoice
          label="from"
          value={source}
          options={toolOptions(sourceLabels)}
          onChange={(chosen) => onView({ ...view, source: chosen })}
        />
      )}
      <ToolChoice
        label="windows M"
        value={view.windowCount}
        options={windowCounts.map((count) => [count, String(count)])}
        onChange={(windowCount) => onView({ ...view, windowCount })}
      />
      <label className="tool overlap-share">
        <span>kept ρ</span>
        <input
          type="range"
          min={0}
          max={retainedShares.length - 1}
          value={place}
          aria-valuetext={writtenShare(retainedShares[place])}
          onChange={(event) => onView({ ...view, share: retainedShares[Number(event.target.value)] })}
        />
        <output>{writtenShare(retainedShares[place])}</output>
      </label>
    </>
  );
}
