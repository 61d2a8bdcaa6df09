// Figures over many problems: means, shares, and how far to trust them.

/** Null for no values. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of the values that are true, 0 … 1; 0 for none. */
export function shareOf(values: readonly boolean[]): number {
  return values.length === 0 ? 0 : values.filter(Boolean).length / values.length;
}

/**
 * Standard error of a share observed in so many independent trials: √(p (1 − p) / n). It is 0 for a share of 0 or 1,
 * where it says nothing; then the share is known to about 3 / n (95 %, Hanley and Lippman-Hand 1983).
 */
export function shareError(share: number, count: number): number {
  return count === 0 ? 0 : Math.sqrt((share * (1 - share)) / count);
}
