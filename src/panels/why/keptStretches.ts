// Where a candidate is among the first k, as a parameter runs from 0 to 1: a sweep over the stretches on which rivals
// are ahead of it. Pure.
import type { Stretch } from "./piecewise";

/** The stretches on which fewer than `keptCount` rivals are ahead, in order and merged. `ahead` has one entry a stretch of a rival. */
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

/** What is left of 0 … 1. */
export function goneStretches(kept: readonly Stretch[]): readonly Stretch[] {
  const gone: Stretch[] = [];
  let from = 0;
  for (const stretch of [...kept, { from: 1, to: 1 }]) {
    if (stretch.from > from) gone.push({ from, to: stretch.from });
    from = stretch.to;
  }
  return gone;
}

function addStretch(stretches: Stretch[], next: Stretch): void {
  const last = stretches.at(-1);
  if (last?.to === next.from) stretches[stretches.length - 1] = { from: last.from, to: next.to };
  else stretches.push(next);
}
