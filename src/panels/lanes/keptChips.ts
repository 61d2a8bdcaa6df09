// The tokens that one lane alone keeps, as chips: the most widely kept first, or in the order of the text. Pure.
import type { OnlyKept } from "../../trace/onlyKept";
import type { Trace } from "../../trace/trace";
import { tokenLabel, tokenText } from "../tokenFacts";

export interface KeptChip {
  readonly position: number;
  readonly label: string;
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

/** Counts stay the same from event to event, and so do their chips. */
const known = new WeakMap<Counts, { readonly lanes: string; readonly kept: readonly KeptLane[] }>();

/** `lanes` says which lane each row of counts is about; `trace` is any of theirs: the positions mean the same in all. */
export function keptLanes(counts: Counts, lanes: readonly number[], trace: Trace): readonly KeptLane[] {
  const found = known.get(counts);
  if (found?.lanes === lanes.join()) return found.kept;
  const kept = counts.map((headCounts, place) => keptLane(lanes[place], headCounts, trace));
  known.set(counts, { lanes: lanes.join(), kept });
  return kept;
}

function keptLane(lane: number, headCounts: Uint16Array, trace: Trace): KeptLane {
  const chips: KeptChip[] = [];
  headCounts.forEach((headCount, position) => {
    if (headCount > 0) chips.push({ position, label: tokenLabel(tokenText(trace, position)), headCount });
  });
  return {
    lane,
    tokenCount: chips.length,
    headCount: chips.reduce((sum, chip) => sum + chip.headCount, 0),
    chips: chips.sort((left, right) => right.headCount - left.headCount || left.position - right.position),
  };
}
