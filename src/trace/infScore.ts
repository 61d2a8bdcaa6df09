// InfScore: does a query head look at the needle, the words that hold what the text asks for? After the code of DiliLazyKV
// and REAL, relatives of SurfaceLogicKV (docs/methods.md, "Head roles"). A head's attention over the prompt falls into four cells: inside
// or outside the needle, among the `topCount` largest weights or below them.

import { unreachable } from "../lib/errors";
import type { Span } from "../lib/spans";

/** What each cell holds, as a weight or as a number of positions. */
export interface AttentionCells {
  /** WTP: in the needle, among the top. */
  readonly needleTop: number;
  /** WFP: elsewhere, among the top. */
  readonly otherTop: number;
  /** WFN: in the needle, below the top. */
  readonly needleBelow: number;
  /** WTN: elsewhere, below the top. */
  readonly otherBelow: number;
}

export const cellNames = ["needleTop", "otherTop", "needleBelow", "otherBelow"] as const;
export type CellName = (typeof cellNames)[number];

export interface HeadScore {
  /** Share of the top's weight that lies in the needle (DiliScore). */
  readonly precision: number;
  /** Share of the needle's weight that lies in the top (LazyScore). */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly infScore: number;
}

/**
 * Which generated tokens count. Both codes say "mean over steps" but skip every row that is longer than the first: with a
 * growing cache only the first token is left ("firstLength"). "everyStep" takes every row whole; "promptOnly" takes every row,
 * cut to the prompt, as the mean over steps was probably meant.
 */
export const stepReadings = ["firstLength", "everyStep", "promptOnly"] as const;
export type StepReading = (typeof stepReadings)[number];

/** Positions of the `topCount` largest weights; of equal weights the earlier position. */
export function topPositions(row: ArrayLike<number>, topCount: number): Set<number> {
  const positions = Array.from({ length: row.length }, (_, position) => position);
  return new Set(positions.sort((one, other) => row[other] - row[one] || one - other).slice(0, topCount));
}

/** `row`: a head's attention over the prompt, by position. */
export function attentionCells(
  row: ArrayLike<number>,
  needle: Span,
  topCount: number,
): { readonly weights: AttentionCells; readonly counts: AttentionCells } {
  const top = topPositions(row, topCount);
  const weights = { needleTop: 0, otherTop: 0, needleBelow: 0, otherBelow: 0 };
  const counts = { ...weights };
  for (let position = 0; position < row.length; position++) {
    const cell = cellOf(position >= needle.start && position < needle.end, top.has(position));
    weights[cell] += row[position];
    counts[cell]++;
  }
  return { weights, counts };
}

function cellOf(isInNeedle: boolean, isInTop: boolean): CellName {
  if (isInNeedle) return isInTop ? "needleTop" : "needleBelow";
  return isInTop ? "otherTop" : "otherBelow";
}

export function headScore({ needleTop, otherTop, needleBelow }: AttentionCells): HeadScore {
  const precision = ratio(needleTop, needleTop + otherTop);
  const recall = ratio(needleTop, needleTop + needleBelow);
  return { precision, recall, infScore: ratio(2 * precision * recall, precision + recall) };
}

function ratio(part: number, whole: number): number {
  return whole <= 1e-9 ? 0 : part / whole;
}

/** The rows that count, one for each step; the first is as long as the prompt. */
function countedRows(rows: readonly Float32Array[], reading: StepReading): Float32Array[] {
  const promptCount = rows[0].length;
  switch (reading) {
    case "firstLength":
      return rows.filter((row) => row.length === promptCount);
    case "everyStep":
      return [...rows];
    case "promptOnly":
      return rows.map((row) => row.subarray(0, promptCount));
    default:
      return unreachable(reading);
  }
}

/** Means over the counted rows. */
export interface NeedleAttention extends HeadScore {
  readonly weights: AttentionCells;
  readonly counts: AttentionCells;
}

/** `rows`: one head's attention at each step, by position. */
export function needleAttention(
  rows: readonly Float32Array[],
  { needle, topCount, reading }: { needle: Span; topCount: number; reading: StepReading },
): NeedleAttention {
  const cells = countedRows(rows, reading).map((row) => attentionCells(row, needle, topCount));
  const scores = cells.map(({ weights }) => headScore(weights));
  const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const meanCells = (of: "weights" | "counts"): AttentionCells => ({
    needleTop: meanOf(cells.map((each) => each[of].needleTop)),
    otherTop: meanOf(cells.map((each) => each[of].otherTop)),
    needleBelow: meanOf(cells.map((each) => each[of].needleBelow)),
    otherBelow: meanOf(cells.map((each) => each[of].otherBelow)),
  });
  return {
    precision: meanOf(scores.map(({ precision }) => precision)),
    recall: meanOf(scores.map(({ recall }) => recall)),
    infScore: meanOf(scores.map(({ infScore }) => infScore)),
    weights: meanCells("weights"),
    counts: meanCells("counts"),
  };
}

/** Scaled to 0 … 1 over all heads; 0.5 for each if they hardly differ. */
export function minMaxNormalised(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return values.map((value) => (range < 1e-9 ? 0.5 : (value - low) / range));
}
