// The words of a run that are read from a fact: whether its model would have written each of them, which heads still held the
// fact, and which attended to it. A word counts once an event has decided about its whole fact; before, every head holds it.
// And how widely the window's votes spread at events.
import { headCountOf, headRow, rowLength } from "../../cache/headRows";
import { latestOf } from "../latest";
import { cacheSeenByStep, positionToSlot } from "../replay";
import type { EvictionEvent, StepRecord, Trace } from "../trace";
import { NEVER, traceIndex } from "../traceIndex";
import { laneHoldings } from "./laneHoldings";

/** A word that is read from a fact. Positions count tokens from the prompt's first; both ends of the fact are in it. */
export interface FactPlace {
  readonly position: number;
  readonly word: string;
  readonly source: number;
  readonly summary: number;
  readonly first: number;
  readonly last: number;
}

/** The text that the places are about: a run counts as far as it was fed this. The same object every time. */
export interface FactText<Place extends FactPlace = FactPlace> {
  /** The words after the prompt. */
  readonly words: readonly string[];
  /** Ascending by position. */
  readonly places: readonly Place[];
}

export interface FactWord<Place extends FactPlace = FactPlace> {
  readonly place: Place;
  /** The step that generates it. */
  readonly step: number;
  /** Tokens since the fact's last. */
  readonly age: number;
  /** The model's most probable token is this word. */
  readonly isRight: boolean;
  /** Which heads held the word itself or the fact's full stop when the step read the cache. [head] */
  readonly isKept: Uint8Array;
  readonly keptCount: number;
  /** Attention of the newest query on the fact's slots, in each head the largest of its group's; null where none was recorded. [head] */
  readonly attention: Float64Array | null;
}

interface Found<Place extends FactPlace> {
  words: FactWord<Place>[];
  /** Steps looked at. */
  stepCount: number;
  placeCount: number;
  /** Fed other words than the text has: what follows says nothing. */
  isOver: boolean;
}

/** Those generated up to a step. No step is looked at twice. */
export function factWords<Place extends FactPlace>(
  trace: Trace,
  text: FactText<Place>,
  step: number,
): readonly FactWord<Place>[] {
  const found = latestOf<Found<Place>>(trace, ["factWords", text], () => ({
    words: [],
    stepCount: 0,
    placeCount: 0,
    isOver: false,
  }));
  const promptCount = trace.header.promptTokens.length;
  while (!found.isOver && found.stepCount < trace.steps.length) {
    const at = found.stepCount++;
    while (text.places[found.placeCount]?.position < promptCount + at) found.placeCount++;
    while (text.places[found.placeCount]?.position === promptCount + at) {
      const word = factWord(trace, text.places[found.placeCount++], at);
      if (word !== null) found.words.push(word);
    }
    found.isOver = trace.steps[at].text.trim() !== text.words[at];
  }
  return found.words.filter((word) => word.step <= step);
}

/** Null before an event has decided about the fact. */
function factWord<Place extends FactPlace>(trace: Trace, place: Place, step: number): FactWord<Place> | null {
  if (step === 0) return null;
  const { event, decidedCount } = laneHoldings({ trace, step: step - 1 });
  if (event === null || place.last >= decidedCount) return null;
  const isKept = heldBy(trace, step, [place.source, place.summary]);
  return {
    place,
    step,
    age: place.position - place.last,
    isRight: trace.steps[step].candidateTexts.at(0)?.trim() === place.word,
    isKept,
    keptCount: isKept.reduce((sum, one) => sum + one, 0),
    attention: attentionOn(trace, step, place),
  };
}

/** Which heads hold any of these positions while a step reads the cache. [head] */
function heldBy(trace: Trace, step: number, positions: readonly number[]): Uint8Array {
  const { evictedSteps, headCount } = traceIndex(trace);
  return Uint8Array.from({ length: headCount }, (_, head) => {
    const isHeld = (position: number): boolean => {
      const evicted = evictedSteps[position * headCount + head];
      return evicted === NEVER || evicted >= step;
    };
    return positions.some(isHeld) ? 1 : 0;
  });
}

function attentionOn(trace: Trace, step: number, { first, last }: FactPlace): Float64Array | null {
  const { attention, attentionScale }: StepRecord = trace.steps[step];
  if (attention.values.length === 0) return null;
  const seen = cacheSeenByStep(trace, step);
  return Float64Array.from({ length: headCountOf(trace.header.model) }, (_, head) => {
    if (rowLength(attention, head) === 0) return NaN;
    const row = headRow(attention, head);
    let sum = 0;
    for (let position = first; position <= last; position++) {
      const slot = positionToSlot(seen, head, position);
      if (slot >= 0) sum += row[slot];
    }
    return (sum * attentionScale[head]) / 255;
  });
}

/** How widely the window's votes S spread over the candidates at an event. */
export interface VoteEntropy {
  readonly step: number;
  /** Nats; NaN where the head got no votes. [head] */
  readonly heads: Float64Array;
  /** Over the heads that have one. */
  readonly mean: number;
}

/** Of the events up to a step that recorded their votes. */
export function voteEntropies(trace: Trace, step: number): readonly VoteEntropy[] {
  const found = latestOf<{ eventCount: number; entropies: VoteEntropy[] }>(trace, ["voteEntropies"], () => ({
    eventCount: 0,
    entropies: [],
  }));
  while (found.eventCount < trace.events.length) {
    const entropy = voteEntropy(trace.events[found.eventCount++]);
    if (entropy !== null) found.entropies.push(entropy);
  }
  return found.entropies.filter((entropy) => entropy.step <= step);
}

function voteEntropy({ step, terms, parts }: EvictionEvent): VoteEntropy | null {
  const votes = terms.windowAttention ?? parts.localRaw;
  if (votes === undefined) return null;
  const headCount = votes.offsets.length - 1;
  const heads = Float64Array.from({ length: headCount }, (_, head) => entropyOf(headRow(votes, head)));
  const counted = heads.filter((value) => !Number.isNaN(value));
  if (counted.length === 0) return null;
  return { step, heads, mean: counted.reduce((sum, value) => sum + value, 0) / counted.length };
}

/** In nats, of values taken as shares of their sum; NaN where the sum is 0. */
export function entropyOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const sum = all.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return NaN;
  return -all.reduce((total, value) => (value > 0 ? total + (value / sum) * Math.log(value / sum) : total), 0);
}
