// Facts about one token at one step, over all heads, for tooltips and the why card.
import type { Trace } from "../trace/trace";
import { isInWindow, lifetimes } from "../trace/replay";

export interface TokenFacts {
  readonly position: number;
  readonly text: string;
  readonly isPrompt: boolean;
  /** Steps since it was written into the cache; −1 if it isn't there yet. */
  readonly ageSteps: number;
  readonly isInWindow: boolean;
  /** Heads that keep it after the step, and all heads. */
  readonly heldCount: number;
  readonly headCount: number;
  /** Step at which each head evicted it; Infinity if the head still keeps it at this step. [layer][kvHead] */
  readonly evictedSteps: readonly number[];
  /** Step at which the last head evicted it; null while a head keeps it. */
  readonly lastEvictedStep: number | null;
}

/** The text of a position, prompt or generated. */
export function tokenText(trace: Trace, position: number): string {
  const { promptTexts } = trace.header;
  return position < promptTexts.length ? promptTexts[position] : trace.steps[position - promptTexts.length].text;
}

/** A token as a label: without the space around it, white space itself made visible; ⋯ for the first parts of a character. */
export function tokenLabel(text: string): string {
  if (text === "") return "⋯";
  return text.trim() || (text.includes("\n") ? "⏎" : "␣");
}

/** A mark that stays on the line of the word before it. */
export function isPunctuation(label: string): boolean {
  return /^[.,;:?!]$/.test(label);
}

/** `position` must exist at the step: at most promptCount + step. */
export function tokenFacts(trace: Trace, step: number, position: number): TokenFacts {
  const { layerCount, kvHeadCount } = trace.header.model;
  const lives = lifetimes(trace);
  const isWritten = position < trace.header.promptTokens.length + step;
  const evictedSteps: number[] = []; // [layer][kvHead]
  for (let layer = 0; layer < layerCount; layer++) {
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const evictedAt = isWritten ? lives.evictedStep(layer, kvHead, position) : Infinity;
      evictedSteps.push(evictedAt <= step ? evictedAt : Infinity);
    }
  }
  const heldCount = isWritten ? evictedSteps.filter((evictedAt) => evictedAt === Infinity).length : 0;
  return {
    position,
    text: tokenText(trace, position),
    isPrompt: position < trace.header.promptTokens.length,
    ageSteps: isWritten ? step - lives.writtenStep(position) : -1,
    isInWindow: isInWindow(trace, step, position),
    heldCount,
    headCount: evictedSteps.length,
    evictedSteps,
    lastEvictedStep: isWritten && heldCount === 0 ? Math.max(...evictedSteps) : null,
  };
}

/** The life of a token in one sentence. */
export function tokenSentence(facts: TokenFacts): string {
  const { heldCount, headCount, lastEvictedStep } = facts;
  if (facts.ageSteps < 0) return "Just written; the next step puts it into the cache.";
  if (lastEvictedStep !== null) return `Evicted from every head, from the last at step ${lastEvictedStep}.`;
  if (facts.isInWindow) return "In the window: every head keeps it.";
  return heldCount === headCount ? "Held by every head." : `Held by ${heldCount} of ${headCount} heads.`;
}
