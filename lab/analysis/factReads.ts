// What a run read from its facts: for every word of the reasoning that comes from a fact, which heads still held the
// fact, how much they looked at it, and how long ago it was last needed. Follows the reference trace as far as the run does.

import type { Link, ReadLink } from "./links";
import { headRow } from "../../src/cache/headRows";
import type { Trace } from "../../src/trace/trace";
import { traceIndex } from "../../src/trace/traceIndex";

/** One word read from a fact, at the step that predicted it. */
export interface FactRead {
  readonly step: number;
  /** Position of the word in prompt and reasoning together. */
  readonly position: number;
  readonly role: string;
  readonly isInPrompt: boolean;
  /** Tokens since the fact was last read, or since it was written where it had not been. */
  readonly gapTokens: number;
  readonly isFirst: boolean;
  /** By place of the fact. */
  readonly holds: Readonly<Record<FactPlace, readonly boolean[]>>; // [head]
  /** Attention of the predicting query, 0 … 1; empty after an event. */
  readonly attention: Readonly<Record<FactPlace, readonly number[]>>; // [head]
}

/** Where a fact can be read: at the word that closes it, or at the very word that is written again. */
export type FactPlace = "summary" | "source";
export const factPlaces: readonly FactPlace[] = ["summary", "source"];

export interface FactReads {
  /** Reads up to the first word that differs from the reference, that one included. */
  readonly reads: readonly FactRead[];
  /** Position of the first word that differs from the reference; null for a run without a mistake. */
  readonly firstMistake: number | null;
}

/** `reference`: the words of the prompt and its reference trace, as the links count them. */
export function factReads(trace: Trace, links: readonly Link[], reference: readonly string[]): FactReads {
  const promptCount = trace.header.promptTokens.length;
  const wrongAt = trace.steps.findIndex(({ text, step }) => text.trim() !== reference[promptCount + step]);
  const isShort = wrongAt < 0 && promptCount + trace.steps.length < reference.length;
  const firstMistake = wrongAt >= 0 ? promptCount + wrongAt : isShort ? promptCount + trace.steps.length : null;
  const lastStep = Math.min(trace.steps.length - 1, wrongAt < 0 ? Infinity : wrongAt);
  const lastReads = new Map<number, number>();
  const reads: FactRead[] = [];
  for (const link of links) {
    if (link.type !== "read") continue;
    const step = link.position - promptCount;
    if (step > lastStep) continue;
    const before = lastReads.get(link.fact);
    lastReads.set(link.fact, link.position);
    reads.push({
      step,
      position: link.position,
      role: link.role,
      isInPrompt: link.fact < promptCount,
      gapTokens: link.position - (before ?? link.fact),
      isFirst: before === undefined,
      ...lookAt(trace, link, step),
    });
  }
  return { reads, firstMistake };
}

/** An event at a step is felt from the next one on. */
function lookAt(trace: Trace, { fact, source }: ReadLink, step: number): Pick<FactRead, "holds" | "attention"> {
  const { deathSteps, headCount } = traceIndex(trace);
  const { attention, attentionScale } = trace.steps[step];
  // Slots are positions until the first event.
  const isKnown = attentionScale.length > 0 && trace.events.every((event) => event.step >= step);
  const heads = Array.from({ length: headCount }, (_, head) => head);
  const holds = (position: number) => heads.map((head) => deathSteps[position * headCount + head] >= step);
  const attentionTo = (position: number) =>
    isKnown ? heads.map((head) => (headRow(attention, head)[position] / 255) * attentionScale[head]) : [];
  return {
    holds: { summary: holds(fact), source: holds(source) },
    attention: { summary: attentionTo(fact), source: attentionTo(source) },
  };
}
