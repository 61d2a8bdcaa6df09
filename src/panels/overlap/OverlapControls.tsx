// How many windows are compared, how much of the candidates counts as kept, and whose scores.
import { writtenShare } from "../../ui/numbers";
import type { Trace } from "../../trace/trace";
import { overlapSources, retainedShares, windowCounts, type OverlapSource, type OverlapView } from "./view";

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
        <label className="tool">
          <span>from</span>
          <select value={source} onChange={(event) => onView({ ...view, source: event.target.value as OverlapSource })}>
            <option value="rows">attention rows</option>
            <option value="events">scores at events</option>
          </select>
        </label>
      )}
      <label className="tool">
        <span>windows M</span>
        <select
          value={view.windowCount}
          onChange={(event) => onView({ ...view, windowCount: Number(event.target.value) })}
        >
          {windowCounts.map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
      </label>
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
