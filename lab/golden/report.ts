// Golden results in words: one line per kind and backend, what failed, what was skipped, and the sum.
import type { Comparison } from "./compare";

export interface CaseResult {
  readonly file: string;
  readonly kind: string;
  readonly backend: "cpu" | "gpu";
  readonly comparisons: readonly Comparison[];
}

export interface SkippedCase {
  readonly file: string;
  readonly kind: string;
}

export function hasPassed(result: CaseResult): boolean {
  return result.comparisons.every(({ isEqual }) => isEqual);
}

/** The last line is `N passed, M failed, K skipped`: runs of a case on a backend, and files skipped. */
export function reportLines(results: readonly CaseResult[], skipped: readonly SkippedCase[]): string[] {
  const groups = groupBy(results, ({ kind, backend }) => `${kind} on ${backend}`);
  const failedCount = results.filter((result) => !hasPassed(result)).length;
  return [
    ...[...groups].map(([name, group]) => groupLine(name, group)),
    ...results.filter((result) => !hasPassed(result)).flatMap(failureLines),
    ...[...groupBy(skipped, ({ kind }) => kind)].map(
      ([kind, group]) => `skipped: ${kind}, ${group.length} ${group.length === 1 ? "file" : "files"}`,
    ),
    `${results.length - failedCount} passed, ${failedCount} failed, ${skipped.length} skipped`,
  ];
}

function groupLine(name: string, group: readonly CaseResult[]): string {
  const passedCount = group.filter(hasPassed).length;
  const worst = Math.max(0, ...group.flatMap(({ comparisons }) => comparisons.map((one) => one.relativeError)));
  return `${name}: ${passedCount} passed, ${group.length - passedCount} failed, worst relative error ${worst.toExponential(1)}`;
}

function failureLines({ file, backend, comparisons }: CaseResult): string[] {
  return comparisons
    .filter(({ isEqual }) => !isEqual)
    .map(({ field, detail }) => `failed: ${file} on ${backend}: ${field}: ${detail}`);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
