/** Longer lists are counted: they would hide what matters. */
const MOST_LISTED = 12;

/** "A, B", or "the 29 other policies" where there are many. */
export function listedOrCounted(labels: readonly string[], separator: string, others: string): string {
  return labels.length > MOST_LISTED ? `the ${labels.length} other ${others}` : labels.join(separator);
}

/** "1 token", "1,024 tokens" */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
