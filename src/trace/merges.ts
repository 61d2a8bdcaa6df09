// What an event did with evicted slots that were not simply dropped: which went into which survivor, by what weights. Absent from
// an event of a run that merges nothing. Evicted slots are those that no survivor stands at, ascending.

import { headRow, rowLength, type HeadRows } from "../cache/headRows";

/** Which slots go into which survivors: a survivor's new key is Σ weight · key of its sources, and so is its value. */
export interface SlotMerges {
  /** Place among the survivors of the head. Pairs of one target lie side by side, targets ascend. [pair] */
  readonly targets: HeadRows<Int32Array>;
  /** Slot before the event: the target itself or an evicted one; −1 is the mean of the group's newest queries. [pair] */
  readonly sources: HeadRows<Int32Array>;
  readonly keyWeights: HeadRows<Float32Array>; // [pair]
  readonly valueWeights: HeadRows<Float32Array>; // [pair]
  /** Added to the logit of each survivor from now on. [kept] */
  readonly logBias: HeadRows<Float32Array>;
}

export interface EventMerges extends SlotMerges {
  /** How many tokens each survivor stands for in attention. [kept] */
  readonly votes: HeadRows<Int32Array>;
  /** Place of the survivor whose key lay closest, by cosine. [evicted] */
  readonly partners: HeadRows<Int32Array>;
  readonly cosines: HeadRows<Float32Array>; // [evicted]
  /** Place of the survivor that took the slot in, the first of several; −1: dropped. [evicted] */
  readonly carriers: HeadRows<Int32Array>;
  /** 1 where a ZIP merge took its fallback. [kept] */
  readonly fallbacks: HeadRows<Uint8Array>;
  /** How much the newest query's output changed, or would have; absent where nobody looked. */
  readonly changes?: MergeChanges;
}

/** ‖o′ − o‖ / ‖o‖ of the attention output of the newest query, the mean over the query heads of the group. [layer][kvHead] */
export interface MergeChanges {
  /** As the event did it. */
  readonly merged: Float32Array;
  /** Had the evicted slots been dropped. */
  readonly evicted: Float32Array;
  /** Had the same slots been merged by a convex mean, without votes. */
  readonly convex: Float32Array;
  /** Had they been merged by KeepKV's formula. */
  readonly zip: Float32Array;
}

/** Queries after an event whose outputs are compared. */
export const AFTERMATH_QUERIES = 32;

/** How an event moved the outputs of the queries after it, each over every slot that the event found and all written since. */
export interface MergeAftermath {
  /** Of the event. */
  readonly step: number;
  /** The first is the event's own newest query. [query] */
  readonly changes: readonly MergeChanges[];
}

/** What of an EvictionEvent says who carries whom. */
interface MergingEvent {
  readonly positionsBefore: HeadRows<Int32Array>;
  readonly survivors: HeadRows<Int32Array>;
  readonly merges?: EventMerges;
}

/** One evicted token of a head and who carries it on; positions. */
export interface CarriedToken {
  readonly position: number;
  /** The survivor that took it in; null: dropped. */
  readonly carrier: number | null;
  /** The survivor whose key lay closest. */
  readonly closest: number;
  readonly cosine: number;
}

/** What became of each token that an event evicted from a head, ascending; empty where the run merges nothing. */
export function carriedTokens({ positionsBefore, survivors, merges }: MergingEvent, head: number): CarriedToken[] {
  if (merges === undefined) return [];
  const positions = headRow(positionsBefore, head);
  const kept = headRow(survivors, head);
  const carriers = headRow(merges.carriers, head);
  const partners = headRow(merges.partners, head);
  const cosines = headRow(merges.cosines, head);
  return Array.from(evictedSlots(kept, positions.length), (slot, place) => ({
    position: positions[slot],
    carrier: carriers[place] < 0 ? null : positions[kept[carriers[place]]],
    closest: positions[kept[partners[place]]],
    cosine: cosines[place],
  }));
}

/** Slots that do not stay, ascending. */
export function evictedSlots(survivors: Int32Array, lengthSlots: number): Int32Array {
  const evicted = new Int32Array(lengthSlots - survivors.length);
  let [place, kept] = [0, 0];
  for (let slot = 0; slot < lengthSlots; slot++) {
    if (survivors[kept] === slot) kept++;
    else evicted[place++] = slot;
  }
  return evicted;
}

/** Tokens that no slot of the head stands for any more, by the events up to this one; null where the run counts no votes. */
export function droppedVotes(
  { positionsBefore, merges }: Pick<MergingEvent, "positionsBefore" | "merges">,
  head: number,
): number | null {
  if (merges === undefined) return null;
  const positions = headRow(positionsBefore, head);
  const seen = rowLength(positionsBefore, head) === 0 ? 0 : positions[positions.length - 1] + 1;
  return seen - headRow(merges.votes, head).reduce((sum, votes) => sum + votes, 0);
}
