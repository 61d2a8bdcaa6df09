// Plateaus that pooling makes: runs of neighbouring slots that were lent the same highest score. Pure.
import type { ScoreBar, ScoreLayout } from "./layout";

export interface Bracket {
  readonly fromX: number;
  readonly toX: number;
  readonly barCount: number;
  /** Y, the score that the whole run has. */
  readonly value: number;
}

/** Runs of two and more, as they stand side by side. */
export function plateaus({ bars, barWidth }: Pick<ScoreLayout, "bars" | "barWidth">): readonly Bracket[] {
  const brackets: Bracket[] = [];
  let start = 0;
  for (let place = 1; place <= bars.length; place++) {
    if (place < bars.length && isSamePlateau(bars[place - 1], bars[place])) continue;
    const value = bars[start]?.parts.pooled ?? null;
    if (place - start > 1 && value !== null) {
      const [first, last] = [bars[start], bars[place - 1]];
      brackets.push({ fromX: first.x, toX: last.x + barWidth, barCount: place - start, value });
    }
    start = place;
  }
  return brackets;
}

function isSamePlateau(left: ScoreBar, right: ScoreBar): boolean {
  return (
    left.parts.pooled !== null && left.parts.pooled === right.parts.pooled && Math.abs(left.slot - right.slot) === 1
  );
}
