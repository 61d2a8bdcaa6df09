// Facts about one token at one step, over all heads, for tooltips and the why card.
import { bearerOf, countsVotes, hasMerges, votesOf } from "../trace/carried";
import { readMarks, selectsReads } from "../trace/reading";
import { cacheSeenByStep, isInWindow, lifetimes, positionToSlot } from "../trace/replay";
import { tokenLabel, tokenText } from "../trace/tokenText";
import type { Trace } from "../trace/trace";

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
  /** Position whose slot stands for it after the step; −1 where it holds its own, and where it is gone. [layer][kvHead] */
  readonly carriers: readonly number[];
  /** The token that carries it in most heads; null where none does. */
  readonly carrier: Carrier | null;
  /** Heads whose newest query read it at the step; null for a run that reads whatever it holds. */
  readonly readCount: number | null;
  /** A run that merges drops what it does not; another evicts. */
  readonly isMerging: boolean;
}

interface Carrier {
  readonly position: number;
  readonly text: string;
  /** Heads in which some token carries it, and in which this one does. */
  readonly allCount: number;
  readonly headCount: number;
  /** The most tokens that its slot stands for in one of them; null where votes are not counted. */
  readonly votes: number | null;
}

/** Whether the model reasons before it answers: on the page's own problems, and where a token says so. */
export function thinksFirst({ header, steps }: Trace): boolean {
  const beginning = steps.slice(0, 3).some(({ text }) => text.includes("<think>"));
  return header.expectedAnswer !== null || beginning || header.promptText.includes("<think>");
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
  const carriers = evictedSteps.map((evictedAt, head) =>
    evictedAt === Infinity ? -1 : bearerOf(trace, head, position, step),
  );
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
    carriers,
    carrier: carrierOf(trace, step, carriers),
    readCount: isWritten && selectsReads(trace) ? readCountOf(trace, step, position) : null,
    isMerging: hasMerges(trace),
  };
}

function carrierOf(trace: Trace, step: number, carriers: readonly number[]): Carrier | null {
  const carrying = carriers.filter((carrier) => carrier >= 0);
  const counts = new Map<number, number>();
  for (const carrier of carrying) counts.set(carrier, (counts.get(carrier) ?? 0) + 1);
  const most = [...counts].sort(([one, heads], [other, others]) => others - heads || one - other).at(0);
  if (most === undefined) return null;
  const [position, headCount] = most;
  const votes = carriers.map((carrier, head) => (carrier === position ? votesOf(trace, head, position, step) : 0));
  return {
    ...{ position, headCount, allCount: carrying.length, text: tokenText(trace, position) },
    votes: countsVotes(trace) ? Math.max(...votes) : null,
  };
}

function readCountOf(trace: Trace, step: number, position: number): number {
  const cache = cacheSeenByStep(trace, step);
  const heads = Array.from({ length: trace.steps[step].lengths.length }, (_, head) => head);
  return heads.filter((head) => {
    const slot = positionToSlot(cache, head, position);
    return slot >= 0 && readMarks(trace, step, head)?.[slot] !== 0;
  }).length;
}

/** The life of a token in a sentence or two. */
export function tokenSentence(facts: TokenFacts): string {
  if (facts.ageSteps < 0) return "Just written; the next step puts it into the cache.";
  const read = readSentence(facts);
  return read === "" ? heldSentence(facts) : `${heldSentence(facts)} ${read}`;
}

function heldSentence(facts: TokenFacts): string {
  const { heldCount, headCount, lastEvictedStep, carrier, isMerging } = facts;
  if (carrier !== null) return carriedSentence(facts, carrier);
  if (lastEvictedStep !== null) {
    return isMerging
      ? `Dropped by every head, by the last at step ${lastEvictedStep}.`
      : `Evicted from every head, from the last at step ${lastEvictedStep}.`;
  }
  if (facts.isInWindow) return "In the window: every head keeps it.";
  return heldCount === headCount ? "Held by every head." : `Held by ${heldCount} of ${headCount} heads.`;
}

/** "Held by 3 of 8 heads, carried on in 4, most often by “sat” (12, with up to 3 votes), dropped by 1." */
function carriedSentence({ heldCount, headCount }: TokenFacts, carrier: Carrier): string {
  const { position, text, allCount, votes } = carrier;
  const standing = votes === null ? "" : `, with ${carrier.headCount > 1 ? "up to " : ""}${votes} votes`;
  const by = `“${tokenLabel(text)}” (${position}${standing})`;
  const often = carrier.headCount < allCount ? "most often " : "";
  const dropped = headCount - heldCount - allCount;
  const carried = allCount === headCount ? "Carried on in every head" : `carried on in ${allCount}`;
  const rest = dropped === 0 ? "" : `, dropped by ${dropped}`;
  const holders = heldCount === 0 ? "Held by no head" : `Held by ${heldCount} of ${headCount} heads`;
  const held = allCount === headCount ? "" : `${holders}, `;
  return `${held}${carried}, ${often}by ${by}${rest}.`;
}

function readSentence({ readCount, heldCount }: TokenFacts): string {
  if (readCount === null || heldCount === 0) return "";
  return readCount === 0 ? "Held, but unread at this step." : `Read by ${readCount} at this step.`;
}
