// Convex piecewise linear functions on 0 … 1 as the upper envelope of lines, where one lies above another, and where
// fewer than k lie above it. Exact: breakpoints are intersections of lines, nothing is sampled.

/** x ↦ at0 + slope · x */
export interface Line {
  readonly at0: number;
  readonly slope: number;
}

/** The line that is highest from `from` up to where the next piece begins. */
export interface Piece {
  readonly from: number;
  readonly line: Line;
}

/** An open stretch of 0 … 1. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The highest of some lines, from left to right; the first piece begins at 0. At least one line. */
export function upperEnvelope(lines: readonly Line[]): readonly Piece[] {
  let line = lines.reduce((best, other) => (isHigherAfter0(other, best) ? other : best));
  const pieces: Piece[] = [{ from: 0, line }];
  for (;;) {
    let next: Piece | null = null;
    for (const other of lines) {
      if (other.slope <= line.slope) continue;
      const from = Math.max(pieces[pieces.length - 1].from, (line.at0 - other.at0) / (other.slope - line.slope));
      if (from >= 1) continue;
      const isNext = next === null || from < next.from || (from === next.from && other.slope > next.line.slope);
      if (isNext) next = { from, line: other };
    }
    if (next === null) return pieces;
    pieces.push(next);
    line = next.line;
  }
}

function isHigherAfter0(left: Line, right: Line): boolean {
  return left.at0 > right.at0 || (left.at0 === right.at0 && left.slope > right.slope);
}

/**
 * Where `scale`·left + offset lies above `scale`·right, as open stretches in order. Where both are the same function,
 * `isFirst` decides.
 */
export function stretchesAbove(
  left: readonly Piece[],
  right: readonly Piece[],
  { scale, offset, isFirst }: { readonly scale: number; readonly offset: number; readonly isFirst: boolean },
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let [atLeft, atRight, from] = [0, 0, 0];
  while (from < 1) {
    const to = Math.min(left[atLeft + 1]?.from ?? 1, right[atRight + 1]?.from ?? 1);
    if (to > from) {
      const [{ line: a }, { line: b }] = [left[atLeft], right[atRight]];
      const difference = { at0: scale * (a.at0 - b.at0) + offset, slope: scale * (a.slope - b.slope) };
      const above = stretchAboveZero(difference, { from, to }, isFirst);
      if (above !== null) stretches.push(above);
    }
    from = to;
    if (left[atLeft + 1]?.from === to) atLeft++;
    if (right[atRight + 1]?.from === to) atRight++;
  }
  return stretches;
}

/** The part of a stretch on which a line is above zero; a line is so on one side of its zero only. */
function stretchAboveZero({ at0, slope }: Line, { from, to }: Stretch, isFirst: boolean): Stretch | null {
  if (slope === 0) return at0 > 0 || (at0 === 0 && isFirst) ? { from, to } : null;
  const zero = Math.min(to, Math.max(from, -at0 / slope));
  const above = slope > 0 ? { from: zero, to } : { from, to: zero };
  return above.to > above.from ? above : null;
}

/** Where fewer than `keptCount` rivals are ahead, in order and merged. `ahead`: the stretches of all rivals, in any order. */
export function keptStretches(ahead: readonly Stretch[], keptCount: number): readonly Stretch[] {
  const turns = ahead.flatMap(({ from, to }) => [
    { at: from, change: 1 },
    { at: to, change: -1 },
  ]);
  turns.sort((left, right) => left.at - right.at);
  const kept: Stretch[] = [];
  let [aheadCount, from] = [0, 0];
  for (let place = 0; place <= turns.length; place++) {
    const at = turns[place]?.at ?? 1;
    if (at > from) {
      if (aheadCount < keptCount) addStretch(kept, { from, to: at });
      from = at;
    }
    aheadCount += turns[place]?.change ?? 0;
  }
  return kept;
}

/** The rest of 0 … 1. */
export function evictedStretches(kept: readonly Stretch[]): readonly Stretch[] {
  const evicted: Stretch[] = [];
  let from = 0;
  for (const stretch of [...kept, { from: 1, to: 1 }]) {
    if (stretch.from > from) evicted.push({ from, to: stretch.from });
    from = stretch.to;
  }
  return evicted;
}

function addStretch(stretches: Stretch[], next: Stretch): void {
  const last = stretches.at(-1);
  if (last?.to === next.from) stretches[stretches.length - 1] = { from: last.from, to: next.to };
  else stretches.push(next);
}
