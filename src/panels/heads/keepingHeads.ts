// In which heads a token survives: those that keep it after a step, the way through them, and those that hold it longest.
// Pure.
import { headCountOf, headOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { lifetimes, writtenCountAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";

export interface KeepingHeads {
  readonly headCount: number;
  /** Heads that keep it after the step, in the order of layers. */
  readonly kept: readonly number[];
  /** Heads that hold it longest in all of the run so far, and the step at which they evict it; null if they still hold it. */
  readonly longest: readonly number[];
  readonly longestUntil: number | null;
}

/** `position` must exist at the step. One that is not in the cache yet is kept by every head. */
export function keepingHeads(trace: Trace, step: number, position: number): KeepingHeads {
  const wholeRun = trace.steps.length;
  return latestOf(trace, ["keepingHeads", step, position, wholeRun], () => newKeepingHeads(trace, step, position));
}

function newKeepingHeads(trace: Trace, step: number, position: number): KeepingHeads {
  const { model } = trace.header;
  const headCount = headCountOf(model);
  const heads = Array.from({ length: headCount }, (_, head) => head);
  if (position >= writtenCountAfterStep(trace, step)) {
    return { headCount, kept: heads, longest: heads, longestUntil: null };
  }
  const lives = lifetimes(trace);
  const ends = heads.map((head) => lives.evictedStep(layerOf(model, head), kvHeadOf(model, head), position));
  const last = Math.max(...ends);
  return {
    headCount,
    kept: heads.filter((head) => ends[head] > step),
    longest: heads.filter((head) => ends[head] === last),
    longestUntil: last === Infinity ? null : last,
  };
}

/** The next of these heads after the focused one, or the one before it, round and round; null where there is none. */
export function neighbourHead(trace: Trace, heads: readonly number[], focus: Focus, by: -1 | 1): Focus | null {
  if (heads.length === 0) return null;
  const { model } = trace.header;
  const from = headOf(model, focus.layer, focus.kvHead);
  const next = by > 0 ? heads.find((head) => head > from) : heads.findLast((head) => head < from);
  const head = next ?? heads.at(by > 0 ? 0 : -1) ?? 0;
  return { layer: layerOf(model, head), kvHead: kvHeadOf(model, head) };
}

/** Where a step through the heads of a pinned token leads: through those that keep it, or else those that held it longest. */
export function foundHeads({ kept, longest }: KeepingHeads): readonly number[] {
  return kept.length > 0 ? kept : longest;
}

/** The next position after this one, round and round, whose token contains the words, or begins them; null if there is none. */
export function findToken(trace: Trace, step: number, words: string, after: number | null): number | null {
  const sought = words.trim().toLowerCase();
  const count = writtenCountAfterStep(trace, step);
  if (sought === "" || count === 0) return null;
  const start = after === null ? 0 : after + 1;
  const texts = (position: number): string => tokenLabel(tokenText(trace, position)).toLowerCase();
  for (let at = 0; at < count; at++) {
    const position = (start + at) % count;
    if (texts(position).includes(sought)) return position;
  }
  // A word that the tokenizer splits: its beginning.
  for (let at = 0; at < count; at++) {
    const position = (start + at) % count;
    if (texts(position).length > 1 && sought.startsWith(texts(position))) return position;
  }
  return null;
}
