// Which tokens can stand under their bars, upright, and how much room they take. Pure.
import type { Candidate } from "./candidates";

/** Letters of a token as it stands under its bar. */
const LONGEST_LABEL = 8;
/** Of the 11 px typewriter letters in the style sheet. */
const LETTER_WIDTH = 6.7;
const LABEL_PITCH = 12;

export function shortLabel(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

/** Of the longest label, in CSS pixels. */
export function labelLength(candidates: readonly Candidate[]): number {
  const letters = candidates.reduce((longest, { text }) => Math.max(longest, shortLabel(text).length), 0);
  return letters * LETTER_WIDTH;
}

/** Slots of the labels: where every one fits, all of them; else those of the highest totals first, as many as keep clear of each other. */
export function fittingLabels(bars: readonly Candidate[], pitch: number): ReadonlySet<number> {
  if (pitch >= LABEL_PITCH) return new Set(bars.map((bar) => bar.slot));
  const reach = Math.ceil(LABEL_PITCH / pitch);
  const isTaken = new Uint8Array(bars.length);
  const order = bars.map((_, place) => place).sort((left, right) => bars[left].rank - bars[right].rank);
  const chosen = new Set<number>();
  for (const place of order) {
    const [from, to] = [Math.max(0, place - reach + 1), Math.min(bars.length, place + reach)];
    if (isTaken.subarray(from, to).includes(1)) continue;
    isTaken[place] = 1;
    chosen.add(bars[place].slot);
  }
  return chosen;
}
