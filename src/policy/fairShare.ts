// A budget split fairly among the instructions of a prompt (The Pitfalls of KV Cache Compression, arXiv:2510.00231, fix 2;
// Itisalex2/pitfalls-of-kv-cache-compression fc0f5df, presses/*_fair_eviction_press.py).
//
//   text      │ preamble  instruction 1 │ instruction 2 │ the rest: rules, question, reasoning │ newest
//   segments  └──────────── 0 ──────────┴────── 1 ──────┴───────────────── 2 ─────────────────┘
//   slots        ⌊B·length / text⌋        the same                   what is left of B
//
// The code has no rest: there the prompt is two instructions, and the later one is stretched to its end.
import type { Span } from "../lib/spans";

/** Where each segment begins: instructions stretched to each other, and the rest where the text goes on. Ascending from 0 */
export function segmentStarts(instructions: readonly Span[], textLength: number): number[] {
  const spans = [...instructions].sort((left, right) => left.start - right.start);
  const starts = spans.map(({ start }, place) => (place === 0 ? 0 : start));
  const end = spans.at(-1)?.end ?? 0;
  return end < textLength ? [...starts, end] : starts;
}

/** The segment of a position. */
export function segmentOf(starts: readonly number[], position: number): number {
  return starts.findLastIndex((start) => start <= position);
}

/** Slots of each segment: ⌊B·length / text⌋, the last has what is left. [segment] */
export function fairQuotas(starts: readonly number[], textLength: number, keepSlots: number): number[] {
  const ends = [...starts.slice(1), textLength];
  const quotas = starts.map((start, place) => Math.floor((keepSlots * (ends[place] - start)) / textLength));
  const others = quotas.slice(0, -1).reduce((sum, quota) => sum + quota, 0);
  return [...quotas.slice(0, -1), keepSlots - others];
}

/**
 * Between what a plain choice keeps of each segment and the fair quotas: λ = 0 is plain, 1 is fair. The last segment has
 * what is left. The paper's appendix interpolates too, without a formula that we know of; this one is ours.
 */
export function mixedQuotas(plain: readonly number[], fair: readonly number[], lambda: number): number[] {
  const keepSlots = plain.reduce((sum, count) => sum + count, 0);
  const mixed = plain.map((count, segment) => Math.floor(count + lambda * (fair[segment] - count)));
  const others = mixed.slice(0, -1).reduce((sum, quota) => sum + quota, 0);
  return [...mixed.slice(0, -1), keepSlots - others];
}
