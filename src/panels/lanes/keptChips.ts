// The tokens that one lane alone keeps, as chips: the most widely kept first, or in the order of the text. Pure.
import { latestOf } from "../../trace/latest";
import type { OnlyKept } from "../../trace/compare/onlyKept";

export interface KeptChip {
  readonly position: number;
  /** Heads in which no other lane has it. */
  readonly headCount: number;
}

export interface KeptLane {
  readonly lane: number;
  /** All of them. */
  readonly tokenCount: number;
  /** Token × heads. */
  readonly headCount: number;
  readonly chips: readonly KeptChip[];
}

type Counts = OnlyKept["headCounts"];

/** `lanes` says which lane each row of counts is about. Counts stay the same from event to event, and so do their chips. */
export function keptLanes(counts: Counts, lanes: readonly number[]): readonly KeptLane[] {
  return latestOf(counts, ["keptLanes", ...lanes], () =>
    counts.map((headCounts, place) => keptLane(lanes[place], headCounts)),
  );
}

function keptLane(lane: number, headCounts: Uint16Array): KeptLane {
  const chips: KeptChip[] = [];
  for (let position = 0; position < headCounts.length; position++) {
    if (headCounts[position] > 0) chips.push({ position, headCount: headCounts[position] });
  }
  return {
    lane,
    tokenCount: chips.length,
    headCount: chips.reduce((sum, chip) => sum + chip.headCount, 0),
    chips: chips.sort((left, right) => right.headCount - left.headCount || left.position - right.position),
  };
}
