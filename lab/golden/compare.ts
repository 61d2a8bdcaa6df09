// Compares a computed field with a recorded one: arrays by max|a − b| ≤ tolerance · max|b|, everything else exactly.

export interface FieldComparison {
  readonly field: string;
  readonly isEqual: boolean;
  /** max|a − b| / max|b| of arrays; 0 or Infinity of exact fields. */
  readonly relativeError: number;
  /** What differs, in words; empty if nothing does. */
  readonly detail: string;
}

/** float32 against float64 code reaches 6e-7; GPUs have a fast exp of fewer digits. */
export const toleranceOf = { cpu: 1e-5, gpu: 2e-4 } as const;

export function compareArrays(
  field: string,
  found: ArrayLike<number>,
  recorded: ArrayLike<number>,
  tolerance: number,
): FieldComparison {
  if (found.length !== recorded.length) {
    return differing(field, `${found.length} numbers, recorded ${recorded.length}`);
  }
  let largest = 0;
  let worst = 0;
  let worstAt = 0;
  for (let at = 0; at < recorded.length; at++) {
    // Totals that mean "must stay" only have to be equally huge; a difference of infinities would be NaN.
    if (found[at] > 1e30 && recorded[at] > 1e30) continue;
    largest = Math.max(largest, Math.abs(recorded[at]));
    const difference = Math.abs(found[at] - recorded[at]);
    // Not `>`: a NaN must end up as the worst.
    if (!(difference <= worst)) [worst, worstAt] = [difference, at];
    if (Number.isNaN(difference)) break;
  }
  const relativeError = worst === 0 ? 0 : worst / largest;
  const isEqual = worst <= tolerance * largest;
  const detail = isEqual
    ? ""
    : `item ${worstAt} is ${found[worstAt]}, recorded ${recorded[worstAt]} (relative error ${relativeError.toExponential(1)})`;
  return { field, isEqual, relativeError: Number.isNaN(relativeError) ? Infinity : relativeError, detail };
}

/** Integers, booleans and lists of them, at any depth. */
export function compareExactly(field: string, found: unknown, recorded: unknown): FieldComparison {
  const difference = firstDifference(found, recorded, "");
  if (difference === null) return { field, isEqual: true, relativeError: 0, detail: "" };
  return differing(field, difference);
}

function firstDifference(found: unknown, recorded: unknown, at: string): string | null {
  if (Array.isArray(found) && Array.isArray(recorded)) {
    if (found.length !== recorded.length)
      return `${at || "list"} has ${found.length} items, recorded ${recorded.length}`;
    for (let item = 0; item < found.length; item++) {
      const difference = firstDifference(found[item], recorded[item], `${at}[${item}]`);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (found === recorded) return null;
  return `${at || "value"} is ${JSON.stringify(found)}, recorded ${JSON.stringify(recorded)}`;
}

function differing(field: string, detail: string): FieldComparison {
  return { field, isEqual: false, relativeError: Infinity, detail };
}
