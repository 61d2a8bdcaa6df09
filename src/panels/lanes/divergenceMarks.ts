// Where lanes part from the one on the stage, as marks of the timeline: lanes that part at one step share a mark. Pure.
import type { LaneRun } from "../../state/shownRuns";
import type { StepMark } from "../timeline/scene";
import { laneList } from "./laneNames";
import { isForced, partings } from "./partings";

export function divergenceMarks(lanes: readonly LaneRun[], stageLane: number): readonly StepMark[] {
  if (lanes.length < 2 || isForced(lanes)) return [];
  const lanesAt = new Map<number, number[]>();
  for (const { lane, step } of partings(lanes, stageLane)) {
    if (step !== null) lanesAt.set(step, [...(lanesAt.get(step) ?? []), lane]);
  }
  return [...lanesAt].map(([step, parted]) => ({
    step,
    label: `${laneList(parted)} ${parted.length === 1 ? "parts" : "part"}`,
    tone: "neutral",
  }));
}
