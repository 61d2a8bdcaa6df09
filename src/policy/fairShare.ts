// A budget split fairly among the instructions of a prompt (The Pitfalls of KV Cache Compression, arXiv:2510.00231, fix 2;
// Itisalex2/pitfalls-of-kv-cache-compression fc0f5df, presses/*_fair_eviction_press.py).
//
//   text      │ preamble  instruction 1 │ instruction 2 │ the rest: rules, question, reasoning │ newest
//   segments  └──────────── 0 ──────────┴────── 1 ──────┴───────────────── 2 ─────────────────┘
//   slots        ⌊B·length / text⌋        the same                   what is left of B
//
// The code has no rest: there the prompt is two instructions, and the later one is stretched to its end. By its rules each
// instruction also has votes of its own:
//
//   text      │ preamble  earlier instruction │ later instruction │ the rest │
//   windows   └───────────────────────── half ┴──────────────────────── half ┘
import type { Span } from "../lib/spans";
import { chooseSurvivors } from "./admission";
import type { PolicyParameters } from "./policy";

/** Whether the rules of the paper's code are in force, of which each policy has its own (`Policy.fair`). */
export function isFairByCode({ fairShare, fairRule }: Pick<PolicyParameters, "fairShare" | "fairRule">): boolean {
  return fairShare > 0 && fairRule === "code";
}

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

/** What the code needs to know of its two instructions, which follow each other. */
export interface InstructionPair {
  readonly earlierStart: number;
  /** End of the earlier one, start of the later. */
  readonly boundary: number;
  readonly laterEnd: number;
}

/** Null unless there are two and the second begins where the first ends. */
export function instructionPair(instructions: readonly Span[]): InstructionPair | null {
  const [earlier, later, ...others] = [...instructions].sort((left, right) => left.start - right.start);
  if (later === undefined || others.length > 0 || earlier.end !== later.start) return null;
  return { earlierStart: earlier.start, boundary: earlier.end, laterEnd: later.end };
}

/**
 * The newest tokens of each stretched instruction, whose queries vote on the others of theirs: half of the window each. The
 * code gives the earlier one none of a window of 1; here each has at least one.
 */
export function votingWindows(boundary: number, textLength: number, windowSlots: number): readonly [Span, Span] {
  const earlier = Math.min(Math.max(1, Math.floor(windowSlots / 2)), boundary);
  const later = Math.min(Math.max(1, windowSlots - earlier), textLength - boundary);
  return [
    { start: boundary - earlier, end: boundary },
    { start: textLength - later, end: textLength },
  ];
}

/** What StreamingLLM's fair rule ranks by: sinks 1, and in each stretched instruction from 0.1 for its oldest token to 0.9. [position] */
export function rampScores(boundary: number, textLength: number, sinkSlots: number): Float32Array {
  const scores = new Float32Array(textLength);
  for (const [start, end] of [
    [sinkSlots, boundary],
    [boundary, textLength],
  ]) {
    const stepCount = end - start - 1;
    for (let place = 0; place <= stepCount; place++) {
      const rise = stepCount === 0 ? 0 : (0.8 * place) / stepCount;
      scores[start + place] = 2 * place < stepCount ? 0.1 + rise : 0.9 - (0.8 - rise);
    }
  }
  return scores.fill(1, 0, Math.min(sinkSlots, textLength));
}

/** How many of each instruction the best of both ramps are: the sinks favour the earlier one. [instruction] */
export function rampQuotas(
  boundary: number,
  textLength: number,
  { keepSlots, sinkSlots }: { readonly keepSlots: number; readonly sinkSlots: number },
): number[] {
  const total = rampScores(boundary, textLength, sinkSlots);
  const { slots } = chooseSurvivors({ total, isProtected: null, lengthSlots: textLength, keepSlots });
  const earlier = slots.filter((slot) => slot < boundary).length;
  return [earlier, slots.length - earlier];
}
