// What the bars measure under each choice, in units of the score: how far each piece reaches and what range the axis has.
import type { TraceHeader } from "../../trace/trace";
import { numberOf, stepOf } from "../../policy/formula";
import { presentShare, type Candidate, type Candidates } from "./candidates";

/** The parts that make Z, the distance of Z from the cut-off, or S before normalising. */
export type BarMeasure = "parts" | "margin" | "raw";

/** One bar; a piece that does not exist is null. */
export interface BarLevels {
  /** Where the total's marker stands. */
  readonly level: number;
  readonly gain: number | null;
  readonly past: number | null;
  readonly present: number | null;
  readonly loss: number | null;
}

export interface BarHeights {
  of(candidate: Candidate): BarLevels;
  readonly range: readonly [number, number];
  readonly cutLevel: number | null;
  readonly axisTitle: string;
  readonly join: "race" | "stack" | "none";
}

export function measuredBars(header: TraceHeader, candidates: Candidates, measure: BarMeasure): BarHeights {
  const { cutOff, list } = candidates;
  const hasRaw = list.some((candidate) => candidate.parts.localRaw !== null);
  if (measure === "raw" && hasRaw) return rawHeights(list);
  // An infinite cut-off has no distances.
  if (measure === "margin" && Number.isFinite(cutOff)) return marginHeights(list, cutOff);
  return partHeights(header, list, cutOff);
}

function partHeights(header: TraceHeader, list: readonly Candidate[], cutOff: number): BarHeights {
  const { formula } = header;
  const hasRedundancy = list.some((candidate) => candidate.parts.redundancy !== null);
  const hasHistory = list.some((candidate) => candidate.winner !== null);
  const lambda = (hasRedundancy ? numberOf(formula, "mixed") : null) ?? 1;
  const of = ({ parts, total }: Candidate): BarLevels => {
    const loss = parts.redundancy === null ? null : -(1 - lambda) * parts.redundancy;
    const past = Number.isNaN(parts.history) ? null : parts.history;
    const present = parts.local;
    return {
      level: total,
      gain: Number.isFinite(total) ? total - (loss ?? 0) : null,
      past: past === null ? null : lambda * past,
      present: present === null ? null : lambda * (past === null ? present : presentShare(formula, present)),
      loss: loss === 0 ? null : loss,
    };
  };
  const values = list.flatMap((candidate) => {
    const { gain, past, present, loss } = of(candidate);
    return [candidate.total, gain ?? 0, past ?? 0, present ?? 0, loss ?? 0];
  });
  return {
    of,
    range: rangeOf([...values, cutOff]),
    cutLevel: cutOff,
    axisTitle: "score Z",
    join: !hasHistory ? "none" : stepOf(formula, "global")?.operation === "largest" ? "race" : "stack",
  };
}

/** One bar from the cut-off. The evicted set the scale, and kept bars far above it are clipped: what matters is near the line. */
function marginHeights(list: readonly Candidate[], cutOff: number): BarHeights {
  const distances = list.map((candidate) => candidate.total - cutOff).filter(Number.isFinite);
  const [low, high] = extremes(distances);
  return {
    of: ({ total }) => ({ ...nothing, level: total - cutOff, gain: Number.isFinite(total) ? total - cutOff : null }),
    range: low === 0 ? [0, high === 0 ? 1 : high] : [low, Math.min(high, -3 * low)],
    cutLevel: 0,
    axisTitle: "Z − cut-off",
    join: "none",
  };
}

/** S as measured: shares of attention, before they are divided by the largest and joined with the past. */
function rawHeights(list: readonly Candidate[]): BarHeights {
  const raw = ({ parts }: Candidate): number => parts.localRaw ?? 0;
  return {
    of: (candidate) => ({ ...nothing, level: raw(candidate), gain: raw(candidate) }),
    range: rangeOf(list.map(raw)),
    cutLevel: null,
    axisTitle: "S, share of attention",
    join: "none",
  };
}

const nothing = { past: null, present: null, loss: null };

function rangeOf(values: readonly number[]): readonly [number, number] {
  const [low, high] = extremes(values.filter(Number.isFinite));
  return low === high ? [0, 1] : [low, high];
}

/** Zero included. A loop, because spreading thousands of arguments can overflow the stack. */
function extremes(values: readonly number[]): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
