// How far two lanes keep the same tokens, head by head, and how far random sets of the same sizes would.
//
// Compared are the n positions that both lanes have decided about and that hold the same token in both (laneHoldings.ts).
// Left out of n, A and B are positions that both keep by rule rather than by choice: a prompt that both protect and hold
// whole, and totals of Infinity (sinks).
//
//   overlap = |A ∩ B| / min(|A|, |B|)
//   chance: |A ∩ B| of two random sets is hypergeometric with mean |A|·|B| / n, so the overlap's mean is max(|A|, |B|) / n
import { headRow } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { isInSpans, noSpans } from "../../lib/spans";
import { latestOf, pairOf } from "../latest";
import {
  headSurvivors,
  holdingsKey,
  laneHoldings,
  sharedPositionCount,
  type LaneHoldings,
  type LaneMoment,
} from "./laneHoldings";
import { candidateCountOf, type Trace } from "../trace";

export interface HeadLaneOverlap {
  /** n: positions compared. */
  readonly comparedCount: number;
  /** |A| and |B|: how many of them each lane holds. */
  readonly leftCount: number;
  readonly rightCount: number;
  /** |A ∩ B|. */
  readonly sharedCount: number;
  /** 0 … 1; NaN if one of them holds none. */
  readonly overlap: number;
  /** Mean and standard deviation of the overlap of two random sets of these sizes. */
  readonly chance: number;
  readonly chanceDeviation: number;
}

export interface LaneOverlap {
  /** Positions compared before those kept by rule are left out. */
  readonly positionCount: number;
  /** The lanes' tokens part before the last position decided on: later positions are not counted. */
  readonly isCutByDivergence: boolean;
  readonly heads: readonly HeadLaneOverlap[]; // [layer][kvHead]
  /** Over the heads that have an overlap; NaN if none has. */
  readonly meanOverlap: number;
  readonly meanChance: number;
}

/** Of two lanes of one model once their steps are over. Remembers the last answer, which holds from event to event. */
export function laneOverlap(left: LaneMoment, right: LaneMoment): LaneOverlap {
  const [ofLeft, ofRight] = [laneHoldings(left), laneHoldings(right)];
  assert(ofLeft.headCount === ofRight.headCount, `lanes of ${ofLeft.headCount} and of ${ofRight.headCount} heads`);
  const sharedCount = sharedPositionCount(left.trace, right.trace);
  const decidedCount = Math.max(0, Math.min(ofLeft.decidedCount, ofRight.decidedCount));
  const positionCount = Math.min(decidedCount, sharedCount);
  const isCutByDivergence = sharedCount < decidedCount;
  const key = ["laneOverlap", positionCount, isCutByDivergence, holdingsKey(ofLeft), holdingsKey(ofRight)] as const;
  return latestOf(pairOf(left.trace, right.trace), key, () => {
    const sides: readonly [Side, Side] = [
      { trace: left.trace, holdings: ofLeft },
      { trace: right.trace, holdings: ofRight },
    ];
    const heads = Array.from({ length: ofLeft.headCount }, (_, head) => headOverlap(sides, head, positionCount));
    return { positionCount, isCutByDivergence, heads, ...meansOf(heads) };
  });
}

function meansOf(heads: readonly HeadLaneOverlap[]): Pick<LaneOverlap, "meanOverlap" | "meanChance"> {
  const counted = heads.filter(({ overlap }) => !Number.isNaN(overlap));
  const meanOf = (of: (head: HeadLaneOverlap) => number): number =>
    counted.length === 0 ? NaN : counted.reduce((sum, head) => sum + of(head), 0) / counted.length;
  return { meanOverlap: meanOf((head) => head.overlap), meanChance: meanOf((head) => head.chance) };
}

/** The figures of two sets of known sizes among n positions. */
export function overlapFigures(
  comparedCount: number,
  leftCount: number,
  rightCount: number,
  sharedCount: number,
): HeadLaneOverlap {
  const n = comparedCount;
  const smaller = Math.min(leftCount, rightCount);
  const variance = n < 2 ? 0 : (((leftCount * rightCount) / n) * ((n - leftCount) / n) * (n - rightCount)) / (n - 1);
  return {
    comparedCount,
    leftCount,
    rightCount,
    sharedCount,
    overlap: smaller === 0 ? NaN : sharedCount / smaller,
    chance: smaller === 0 ? NaN : Math.max(leftCount, rightCount) / n,
    chanceDeviation: smaller === 0 ? NaN : Math.sqrt(variance) / smaller,
  };
}

interface Side {
  readonly trace: Trace;
  readonly holdings: LaneHoldings;
}

/** All lists of positions ascend. A head's survivors are few next to the positions compared. */
function headOverlap([left, right]: readonly [Side, Side], head: number, positionCount: number): HeadLaneOverlap {
  const byRule = common(keptByRule(left, head, positionCount), keptByRule(right, head, positionCount));
  const comparedCount = positionCount - byRule.length;
  const [ofLeft, ofRight] = [left, right].map(({ holdings }) =>
    holdings.event === null ? null : without(headSurvivors(holdings, head, positionCount), byRule),
  );
  // A lane without an event holds all that is compared.
  const leftCount = ofLeft?.length ?? comparedCount;
  const rightCount = ofRight?.length ?? comparedCount;
  const sharedCount =
    ofLeft === null || ofRight === null ? Math.min(leftCount, rightCount) : common(ofLeft, ofRight).length;
  return overlapFigures(comparedCount, leftCount, rightCount, sharedCount);
}

/** Sinks have a total of Infinity, and kept spans always stay; a protected prompt is kept by rule as long as all of it is. */
function keptByRule({ trace, holdings }: Side, head: number, positionCount: number): readonly number[] {
  const { event } = holdings;
  if (event === null) return [];
  const promptCount = trace.header.promptTokens.length;
  const { kept: spans } = trace.header.spans ?? noSpans;
  // Ascending and without gaps: the whole prompt is there if its last position has that place.
  const hasWholePrompt = headSurvivors(holdings, head)[promptCount - 1] === promptCount - 1;
  const isProtected = trace.header.parameters.isPromptProtected === true && hasWholePrompt;
  const protectedCount = isProtected ? Math.min(promptCount, positionCount) : 0;
  const kept = Array.from({ length: protectedCount }, (_, position) => position);
  const totals = headRow(event.total, head);
  const positions = headRow(event.positionsBefore, head);
  // Without recorded scores, sinks are not known to stay by rule.
  for (let candidate = 0; candidate < candidateCountOf(event, head); candidate++) {
    const position = positions[candidate];
    if (totals[candidate] !== Infinity && !isInSpans(spans, position)) continue;
    if (position >= protectedCount && position < positionCount) kept.push(position);
  }
  return kept;
}

function common(left: ArrayLike<number>, right: ArrayLike<number>): readonly number[] {
  const both: number[] = [];
  for (let one = 0, other = 0; one < left.length && other < right.length;) {
    if (left[one] === right[other]) both.push(left[one]);
    const difference = left[one] - right[other];
    if (difference <= 0) one++;
    if (difference >= 0) other++;
  }
  return both;
}

function without(positions: Int32Array, left: readonly number[]): Int32Array {
  if (left.length === 0) return positions;
  const excluded = new Set(left);
  return positions.filter((position) => !excluded.has(position));
}
