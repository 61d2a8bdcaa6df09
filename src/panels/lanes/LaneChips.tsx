// The lanes in a line: each with its verdict so far, and the one on the stage pressed. A run of one lane has none.
import { memo } from "react";
import type { Problem } from "../../problems/problem";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import { laneVerdict, type RunVerdict } from "../header/verdict";
import { LaneMark } from "./LaneMark";
import { fullName, laneNames } from "./laneRows";

interface LaneChipsProps {
  readonly lanes: readonly LaneRun[];
  readonly stageLane: number;
  readonly shownStep: number;
  readonly problem: Problem | null;
  readonly onLane: (lane: number) => void;
  /** Lays the lanes out side by side. */
  readonly onCompare: () => void;
}

export const LaneChips = memo(function LaneChips(props: LaneChipsProps) {
  const { lanes, stageLane, shownStep, problem, onLane, onCompare } = props;
  if (lanes.length < 2) return null;
  const names = laneNames(lanes.map(({ trace }) => trace.header));
  return (
    <>
      <span className="lane-chips" role="group" aria-label="Lane on the stage">
        {lanes.map((run, lane) => (
          <button
            key={lane}
            type="button"
            aria-pressed={lane === stageLane}
            title={`Lane ${lane + 1}, ${fullName(names[lane])}: put it on the stage (${lane + 1})`}
            onClick={() => onLane(lane)}
          >
            <LaneMark lane={lane} /> {names[lane].policy}{" "}
            {shortVerdict(laneVerdict(run, laneStep(run, shownStep), problem))}
          </button>
        ))}
      </span>
      <button type="button" className="link-button" onClick={onCompare}>
        Side by side
      </button>
    </>
  );
});

function shortVerdict(verdict: RunVerdict): string {
  if (verdict.type === "right") return `✓ ${verdict.expected}`;
  return verdict.type === "wrong" ? `✗ ${verdict.given ?? ""}` : "";
}
