// Slots per head in words: one number where all heads have equally many, else their mean and how far they differ.
import { lengthRange } from "../cache/headRows";

/** "24", or "24.5 (12 to 40)". */
export function slotsText(lengths: Int32Array): string {
  const { shortest, mean, longest } = lengthRange(lengths);
  return shortest === longest ? String(mean) : `${meanSlotsText(mean)} (${shortest} to ${longest})`;
}

/** A mean over the heads; a whole number where they do not differ. */
export function meanSlotsText(slots: number): string {
  return String(Math.round(10 * slots) / 10);
}
