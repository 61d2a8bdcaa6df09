// For every position the steps at which heads evict it, with how many heads do: what the mask is drawn from. Heads that
// evict it at the same event share an entry, so that many heads cost little more than one.
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { NEVER, traceIndex } from "../../trace/traceIndex";

/** The focused head, or null for all pairs of layer and KV head. */
export type MaskSubject = number | null;

export interface MaskLives {
  /** Heads that the mask is about. */
  readonly headCount: number;
  /** Positions that have entries; every head holds those behind them. */
  readonly positionCount: number;
  /** Entries of a position: firstEntry[position] up to firstEntry[position + 1]. */
  readonly firstEntry: Int32Array;
  /** Last step that saw the position, NEVER while it is held; ascending within a position. [entry] */
  readonly lastSeen: Int32Array;
  /** How many heads that is true of. [entry] */
  readonly heads: Uint16Array;
}

/** Read once per event of a trace; one head and all heads are remembered side by side. */
export function maskLives(trace: Trace, subject: MaskSubject): MaskLives {
  const name = subject === null ? "maskLives of all heads" : "maskLives of a head";
  return latestOf(trace, [name, subject, trace.events.length], () => readLives(trace, subject));
}

/** Last step that saw a position in any of the heads, Infinity while one holds it. */
export function lastSeenByAny(lives: MaskLives, position: number): number {
  if (position >= lives.positionCount) return Infinity;
  const last = lives.lastSeen[lives.firstEntry[position + 1] - 1];
  return last === NEVER ? Infinity : last;
}

/** The entries of one position; whatever was written after the last event is held by every head. */
export function entriesOf(
  lives: MaskLives,
  position: number,
): readonly { readonly lastSeen: number; readonly heads: number }[] {
  const { firstEntry, lastSeen, heads, headCount, positionCount } = lives;
  if (position >= positionCount) return [{ lastSeen: NEVER, heads: headCount }];
  const count = firstEntry[position + 1] - firstEntry[position];
  return Array.from({ length: count }, (_, at) => {
    const entry = firstEntry[position] + at;
    return { lastSeen: lastSeen[entry], heads: heads[entry] };
  });
}

function readLives(trace: Trace, subject: MaskSubject): MaskLives {
  const { headCount, promptCount, evictedSteps } = traceIndex(trace);
  const lastEvent = trace.events.at(-1);
  const positionCount = lastEvent === undefined ? 0 : promptCount + lastEvent.step;
  const [firstHead, endHead] = subject === null ? [0, headCount] : [subject, subject + 1];
  const firstEntry = new Int32Array(positionCount + 1);
  const lastSeen: number[] = [];
  const heads: number[] = [];
  const tally = new Map<number, number>(); // last step → heads
  for (let position = 0; position < positionCount; position++) {
    tally.clear();
    for (let head = firstHead; head < endHead; head++) {
      const evictedAt = evictedSteps[position * headCount + head];
      tally.set(evictedAt, (tally.get(evictedAt) ?? 0) + 1);
    }
    for (const [evictedAt, count] of [...tally].sort(([left], [right]) => left - right)) {
      lastSeen.push(evictedAt);
      heads.push(count);
    }
    firstEntry[position + 1] = lastSeen.length;
  }
  return {
    headCount: endHead - firstHead,
    positionCount,
    firstEntry,
    lastSeen: Int32Array.from(lastSeen),
    heads: Uint16Array.from(heads),
  };
}
