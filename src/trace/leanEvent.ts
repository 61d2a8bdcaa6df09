// An event with less in it. Who was held and who stayed follows from the index of the trace, which knows of every position when
// each head evicted it; of the scores, those of some heads remain. Replay and proofs find all that they read, but for the relative
// margins of a fedProof, which need the scores.

import { newRows, offsetsOf, onlyRows, rowCount, type HeadRows } from "../cache/headRows";
import type { EvictionEvent, Trace } from "./trace";
import { traceIndex, type TraceIndex } from "./traceIndex";

type Decided = Pick<EvictionEvent, "positionsBefore" | "survivors">;

/** Events whose rows are at hand: one costs a pass over all positions and heads. */
const MOST_AT_HAND = 4;

/** Replays events of one trace. */
export type EventReplay = (step: number) => Decided;

export function createEventReplay(trace: Trace): EventReplay {
  const atHand = new Map<number, Decided>(); // the newest last
  return (step) => {
    const decided = atHand.get(step) ?? decidedAt(traceIndex(trace), step);
    atHand.delete(step);
    atHand.set(step, decided);
    if (atHand.size > MOST_AT_HAND) atHand.delete(atHand.keys().next().value ?? step);
    return decided;
  };
}

/** The rows of the event at a step: held before it is what no event before has evicted, and stays what this one does not either. */
function decidedAt({ evictedSteps, headCount, promptCount }: TraceIndex, step: number): Decided {
  const writtenCount = promptCount + step;
  const lengths = new Int32Array(headCount);
  const keptCounts = new Int32Array(headCount);
  for (let position = 0, at = 0; position < writtenCount; position++) {
    for (let head = 0; head < headCount; head++, at++) {
      if (evictedSteps[at] >= step) lengths[head]++;
      if (evictedSteps[at] > step) keptCounts[head]++;
    }
  }
  const positionsBefore = newRows(offsetsOf(lengths), Int32Array);
  const survivors = newRows(offsetsOf(keptCounts), Int32Array);
  const nextSlot = positionsBefore.offsets.slice();
  const nextKept = survivors.offsets.slice();
  for (let position = 0, at = 0; position < writtenCount; position++) {
    for (let head = 0; head < headCount; head++, at++) {
      if (evictedSteps[at] < step) continue;
      const place = nextSlot[head]++;
      positionsBefore.values[place] = position;
      if (evictedSteps[at] > step) survivors.values[nextKept[head]++] = place - positionsBefore.offsets[head];
    }
  }
  return { positionsBefore, survivors };
}

/** The event with the scores of these heads; the trace's index must know the event. */
export function leanEvent(
  { positionsBefore: _, survivors, ...whole }: EvictionEvent,
  heads: readonly number[],
  replay: EventReplay,
): EvictionEvent {
  const isWhole = heads.length === rowCount(survivors);
  const { step } = whole;
  const scores = isWhole ? whole : scoresOf(whole, heads);
  return {
    ...scores,
    get positionsBefore() {
      return replay(step).positionsBefore;
    },
    get survivors() {
      return replay(step).survivors;
    },
  };
}

type Scored = Omit<EvictionEvent, keyof Decided>;

function scoresOf(event: Scored, heads: readonly number[]): Scored {
  const some = <Rows extends HeadRows>(rows: Rows): Rows => onlyRows(rows, heads) as Rows;
  const all = (named: EvictionEvent["terms"]): EvictionEvent["terms"] =>
    Object.fromEntries(Object.entries(named).map(([name, rows]) => [name, some(rows)]));
  const { excusedSlots, votingHeads, queryPoints, keyPoints } = event;
  return {
    ...event,
    ...{ terms: all(event.terms), parts: all(event.parts), total: some(event.total), carry: some(event.carry) },
    ...(excusedSlots && { excusedSlots: some(excusedSlots) }),
    ...(votingHeads && { votingHeads: some(votingHeads) }),
    ...(queryPoints && { queryPoints: some(queryPoints) }),
    ...(keyPoints && { keyPoints: some(keyPoints) }),
  };
}
