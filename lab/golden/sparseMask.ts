// Who sees whom once evictions have taken place: the mask of the paper's Figure 3, replayed from what each event kept.
// Methods section 8, first paragraph: true visibility. The reference's own training masks lag behind it by an interval.
// One KV head of one layer. A mask is [row][column], row = query, column = key, 1 = visible.
import { assert } from "../../src/lib/errors";
import type { MaskShape } from "./staticMasks";
import { causalMask } from "./staticMasks";

export interface KeptSet {
  /** First row that lives with this set: the position right after the event. */
  readonly startRow: number;
  /** Positions that the event kept, window included. */
  readonly positions: ArrayLike<number>;
}

/**
 * Rows before the first set are causal; rows from one set's start to the next see that set and everything from its
 * start on. Sets in order of start.
 */
export function historyMask(history: readonly KeptSet[], shape: MaskShape): Uint8Array {
  const { tokenCount } = shape;
  const mask = causalMask(shape);
  history.forEach(({ startRow, positions }, at) => {
    const endRow = history[at + 1]?.startRow ?? tokenCount;
    assert(startRow <= endRow && endRow <= tokenCount, `rows ${startRow} to ${endRow} of a mask of ${tokenCount}`);
    const isKept = new Uint8Array(tokenCount).fill(1, startRow);
    for (const position of Array.from(positions)) isKept[position] = 1;
    for (let row = startRow; row < endRow; row++) {
      for (let column = 0; column < tokenCount; column++) mask[row * tokenCount + column] &= isKept[column];
    }
  });
  return mask;
}

/**
 * The mask with rows and columns for further tokens: those rows see the kept positions, as far as the last row of
 * `mask` saw them, and one another causally.
 */
export function expandedMask(mask: Uint8Array, kept: ArrayLike<number>, tokenCount: number): Uint8Array {
  const oldCount = Math.sqrt(mask.length);
  assert(
    Number.isInteger(oldCount) && tokenCount >= oldCount,
    `a mask of ${oldCount} rows cannot become ${tokenCount}`,
  );
  const expanded = new Uint8Array(tokenCount * tokenCount);
  for (let row = 0; row < oldCount; row++) {
    expanded.set(mask.subarray(row * oldCount, (row + 1) * oldCount), row * tokenCount);
  }
  for (let row = oldCount; row < tokenCount; row++) {
    for (const column of Array.from(kept)) {
      expanded[row * tokenCount + column] = mask[(oldCount - 1) * oldCount + column];
    }
    expanded.fill(1, row * tokenCount + oldCount, row * tokenCount + row + 1);
  }
  return expanded;
}
