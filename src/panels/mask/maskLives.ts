// For every position the steps at which heads evict it, with how many heads do: what the mask is drawn from. Heads that
// evict it at the same event share an entry, so that many heads cost little more than one.
import { hasMerges, lastCarriedStep } from "../../trace/carried";
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { hasWindows, lastStepInWindow } from "../../trace/layerWindows";
import { NEVER, traceIndex } from "../../trace/traceIndex";

/** The focused head, null for all pairs of layer and KV head, or those of the last layer. */
export type MaskSubject = number | null | "lastLayer";

export interface MaskLives {
  /** Heads that the mask is about. */
  readonly headCount: number;
  /** Positions that have entries; every head holds those behind them. */
  readonly positionCount: number;
  /** Entries of a position: firstEntry[position] up to firstEntry[position + 1]. */
  readonly firstEntry: Int32Array;
  /** Last step that saw the position, NEVER while it is held; ascending within a position. [entry] */
  readonly lastSeen: Int32Array;
  /** Last step at which another token's slot stood for it: as lastSeen where it is dropped at once. [entry] */
  readonly lastCarried: Int32Array;
  /** How many heads that is true of. [entry] */
  readonly heads: Uint16Array;
  /** 1: it slid out of their layers' windows after that, and no event took it from what they see. [entry] */
  readonly isDead: Uint8Array;
}

/** Read once per event of a trace; one head and all heads are remembered side by side. */
export function maskLives(trace: Trace, subject: MaskSubject): MaskLives {
  const name = typeof subject === "number" ? "maskLives of a head" : `maskLives of ${subject ?? "all heads"}`;
  return latestOf(trace, [name, subject, trace.events.length, knownSteps(trace)], () => readLives(trace, subject));
}

/** Windows move on with every step, events or not. */
function knownSteps({ header, steps }: Trace): number {
  return hasWindows(header) ? steps.length : 0;
}

/** Last step that saw a position in any of the heads, Infinity while one holds it. */
export function lastSeenByAny(lives: MaskLives, position: number): number {
  if (position >= lives.positionCount) return Infinity;
  const last = lives.lastSeen[lives.firstEntry[position + 1] - 1];
  return last === NEVER ? Infinity : last;
}

/** Whether a position last slid out of a window, where others had evicted it before. */
export function isDeadToAll({ positionCount, firstEntry, isDead }: MaskLives, position: number): boolean {
  return position < positionCount && isDead[firstEntry[position + 1] - 1] === 1;
}

/** The entries of one position; whatever was written after the last event is held by every head. */
export function entriesOf(
  lives: MaskLives,
  position: number,
): readonly { readonly lastSeen: number; readonly lastCarried: number; readonly heads: number }[] {
  const { firstEntry, lastSeen, lastCarried, heads, headCount, positionCount } = lives;
  if (position >= positionCount) return [{ lastSeen: NEVER, lastCarried: NEVER, heads: headCount }];
  const count = firstEntry[position + 1] - firstEntry[position];
  return Array.from({ length: count }, (_, at) => {
    const entry = firstEntry[position] + at;
    return { lastSeen: lastSeen[entry], lastCarried: lastCarried[entry], heads: heads[entry] };
  });
}

function readLives(trace: Trace, subject: MaskSubject): MaskLives {
  const { headCount, promptCount, evictedSteps } = traceIndex(trace);
  const lastEvent = trace.events.at(-1);
  const lastStep = Math.max(lastEvent?.step ?? -promptCount, knownSteps(trace) - 1);
  const positionCount = Math.max(0, promptCount + lastStep);
  const [firstHead, endHead] = headRange(subject, trace.header.model);
  const firstEntry = new Int32Array(positionCount + 1);
  const [lastSeen, lastCarried, heads, isDead]: [number[], number[], number[], number[]] = [[], [], [], []];
  const isMerging = hasMerges(trace);
  const tally = new Map<string, Entry>(); // both last steps → heads
  for (let position = 0; position < positionCount; position++) {
    tally.clear();
    for (let head = firstHead; head < endHead; head++) {
      const inWindow = lastStepInWindow(trace, head, position);
      const dies = inWindow < Infinity ? 1 : 0;
      const seen = dies ? inWindow : evictedSteps[position * headCount + head];
      const carried = isMerging && seen !== NEVER ? lastCarriedStep(trace, head, position) : seen;
      const key = `${seen} ${carried} ${dies}`;
      tally.set(key, { seen, carried, dies, count: (tally.get(key)?.count ?? 0) + 1 });
    }
    for (const { seen, carried, dies, count } of [...tally.values()].sort(byLastSteps)) {
      lastSeen.push(seen);
      lastCarried.push(carried);
      heads.push(count);
      isDead.push(dies);
    }
    firstEntry[position + 1] = lastSeen.length;
  }
  return {
    headCount: endHead - firstHead,
    positionCount,
    firstEntry,
    lastSeen: Int32Array.from(lastSeen),
    lastCarried: Int32Array.from(lastCarried),
    heads: Uint16Array.from(heads),
    isDead: Uint8Array.from(isDead),
  };
}

/** Which heads a mask is about, as [first, end). */
export function headRange(
  subject: MaskSubject,
  { layerCount, kvHeadCount }: Pick<Trace["header"]["model"], "layerCount" | "kvHeadCount">,
): readonly [first: number, end: number] {
  if (typeof subject === "number") return [subject, subject + 1];
  return [subject === null ? 0 : (layerCount - 1) * kvHeadCount, layerCount * kvHeadCount];
}

interface Entry {
  readonly seen: number;
  readonly carried: number;
  readonly dies: number;
  readonly count: number;
}

function byLastSteps(one: Entry, other: Entry): number {
  return one.seen - other.seen || one.carried - other.carried;
}
