// Slots per head in words: one number where all heads have equally many, else their mean, which says of what it is one.
import { lengthRange, type LengthRange } from "../cache/headRows";

/** "24 slots", or "24.5 slots (mean of 16 heads, 12 to 40)". */
export function slotsText(lengths: Int32Array, noun = ""): string {
  const range = lengthRange(lengths);
  const isEven = range.shortest === range.longest;
  return `${meanSlotsText(range.mean)}${noun === "" ? "" : ` ${noun}`}${isEven ? "" : ` (mean of ${lengths.length} heads, ${rangeText(range)})`}`;
}

/** A mean over the heads; a whole number where they do not differ. */
export function meanSlotsText(slots: number): string {
  return String(Math.round(10 * slots) / 10);
}

/** "12 to 40" */
export function rangeText({ shortest, longest }: LengthRange): string {
  return `${shortest} to ${longest}`;
}
