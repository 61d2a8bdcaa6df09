// Visibility masks: rules without a score (methods section 7; microsoft/G-KV gkv/model/sparse_mask.py), and what eviction
// leaves visible. A mask is [row][column], row = query, column = key, 1 = visible. Left padding is never visible.

import { assert } from "../../src/lib/errors";

export interface MaskShape {
  /** Tokens, padding included. */
  readonly tokenCount: number;
  /** Left padding. */
  readonly paddingCount: number;
}

/** A token sees itself and what came before it. */
export function causalMask({ tokenCount, paddingCount }: MaskShape): Uint8Array {
  return maskOf(tokenCount, (row, column) => column <= row && column >= paddingCount);
}

export interface StreamingRule {
  /** First tokens that every row sees. */
  readonly sinkCount: number;
  /** Earlier tokens that a row sees; its own token comes on top. */
  readonly windowCount: number;
}

/** StreamingLLM: the sinks, and the diagonal with `windowCount` earlier tokens. */
export function streamingMask(shape: MaskShape, rule: StreamingRule): Uint8Array {
  const causal = causalMask(shape);
  return maskOf(
    shape.tokenCount,
    (row, column) =>
      causal[row * shape.tokenCount + column] === 1 &&
      (isSink(column, shape, rule) || row - column <= rule.windowCount),
  );
}

export interface SepLlmRule extends StreamingRule {
  readonly separatorTokens: readonly number[];
  /** M: at most M − 1 separators are kept outside the window; spare room goes to recent ordinary tokens. */
  readonly separatorCount: number;
}

/** SepLLM: sinks, window, the newest M − 1 separators outside it, and ordinary tokens in the spare room. */
export function sepLlmMask(tokens: readonly number[], paddingCount: number, rule: SepLlmRule): Uint8Array {
  const tokenCount = tokens.length;
  const shape = { tokenCount, paddingCount };
  const mask = streamingMask(shape, rule);
  const isSeparator = tokens.map((token) => rule.separatorTokens.includes(token));
  for (let row = paddingCount; row < tokenCount; row++) {
    // Right to left: separators at or after the column, outside the window; left to right: those at or before it.
    let separatorsAfter = 0;
    for (let column = row; column >= paddingCount; column--) {
      const isInWindow = row - column <= rule.windowCount;
      if (!isSeparator[column] || isInWindow) continue;
      separatorsAfter++;
      if (separatorsAfter < rule.separatorCount) mask[row * tokenCount + column] = 1;
    }
    let separatorsBefore = 0;
    for (let column = paddingCount; column <= row; column++) {
      if (isSink(column, shape, rule)) continue;
      if (isSeparator[column]) {
        separatorsBefore++;
        continue;
      }
      const tokensAfter = row - column + 1;
      const spareCount = rule.windowCount + rule.separatorCount - separatorsBefore;
      if (separatorsBefore < rule.separatorCount && tokensAfter < spareCount) mask[row * tokenCount + column] = 1;
    }
  }
  return mask;
}

function isSink(column: number, { paddingCount }: MaskShape, { sinkCount }: StreamingRule): boolean {
  return column < paddingCount + sinkCount;
}

function maskOf(tokenCount: number, isVisible: (row: number, column: number) => boolean): Uint8Array {
  const mask = new Uint8Array(tokenCount * tokenCount);
  for (let row = 0; row < tokenCount; row++) {
    for (let column = 0; column < tokenCount; column++)
      mask[row * tokenCount + column] = isVisible(row, column) ? 1 : 0;
  }
  return mask;
}

export interface KeptSet {
  /** First row that sees this set: the position right after the event. */
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
