// What a run read from its facts: for every word of the reasoning that comes from a fact, which heads still held the
// fact, how much attention they paid to it, and how long ago it was last needed. It follows the reference trace as far as
// the run does, and sums the reads of many runs into figures.

import { headRow } from "../../src/cache/headRows";
import type { Link, ReadLink } from "../../src/problems/linkedText";
import type { Trace } from "../../src/trace/trace";
import { traceIndex } from "../../src/trace/traceIndex";
import { mean, shareOf } from "../../src/experiment/results";

/** One word read from a fact, at the step that predicted it. */
export interface FactRead {
  readonly step: number;
  /** Position of the word in prompt and reasoning together. */
  readonly position: number;
  readonly role: string;
  readonly isInPrompt: boolean;
  /** Tokens since the fact was last read, or since it was written if this is its first read. */
  readonly gapTokens: number;
  readonly isFirst: boolean;
  /** By place of the fact. */
  readonly holds: Readonly<Record<FactPlace, readonly boolean[]>>; // [head]
  /** Attention of the predicting query, 0 … 1; empty after an event. */
  readonly attention: Readonly<Record<FactPlace, readonly number[]>>; // [head]
}

/** Where a fact can be read: at the word that closes it, or at the word itself. */
export type FactPlace = "summary" | "source";
const factPlaces: readonly FactPlace[] = ["summary", "source"];

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
  const { evictedSteps, headCount } = traceIndex(trace);
  const { attention, attentionScale } = trace.steps[step];
  // Slots are positions until the first event.
  const isKnown = attentionScale.length > 0 && trace.events.every((event) => event.step >= step);
  const heads = Array.from({ length: headCount }, (_, head) => head);
  const holds = (position: number) => heads.map((head) => evictedSteps[position * headCount + head] >= step);
  const attentionTo = (position: number) =>
    isKnown ? heads.map((head) => (headRow(attention, head)[position] / 255) * attentionScale[head]) : [];
  return {
    holds: { summary: holds(fact), source: holds(source) },
    attention: { summary: attentionTo(fact), source: attentionTo(source) },
  };
}

/** A (layer, KV head) pair, the place of a fact, and the mean attention it pays there when a word of the fact is written. */
export interface Reader {
  readonly head: number;
  readonly place: FactPlace;
  readonly attention: number;
}

/** Readers of facts of the prompt, or of the reasoning, strongest first. From runs with the full cache. */
export function readersOf(runs: readonly FactReads[], isInPrompt: boolean): Reader[] {
  const reads = runs.flatMap((run) => run.reads).filter((read) => read.isInPrompt === isInPrompt);
  if (reads.length === 0) return [];
  const readers = factPlaces.flatMap((place) =>
    reads[0].attention[place].map((_, head) => ({
      head,
      place,
      attention: mean(reads.map((read) => read.attention[place][head])) ?? 0,
    })),
  );
  return readers.sort((one, other) => other.attention - one.attention);
}

/** Where a run first differs from the reference. */
export interface Mistakes {
  readonly runs: number;
  /** Runs that differ at all. */
  readonly wrong: number;
  /** Of these, at a word that is read from a fact. */
  readonly atRead: number;
  /** Of these, with the place evicted from the head that reads it. */
  readonly factGone: number;
}

/** How often the head that reads a fact still held it, for some of the reads. */
export interface HeldShare {
  readonly label: string;
  readonly reads: number;
  /** 0 … 1 */
  readonly held: number;
}

/** Which heads read facts of the prompt and of the reasoning; null if the family has none. */
export interface ReadingHeads {
  readonly prompt: Reader | null;
  readonly reasoning: Reader | null;
}

function isHeld(read: FactRead, readers: ReadingHeads): boolean {
  const reader = read.isInPrompt ? readers.prompt : readers.reasoning;
  return reader !== null && read.holds[reader.place][reader.head];
}

export function mistakesOf(runs: readonly FactReads[], heads: ReadingHeads): Mistakes {
  const wrong = runs.filter(({ firstMistake }) => firstMistake !== null);
  const readAt = ({ reads, firstMistake }: FactReads): FactRead | undefined =>
    reads.find(({ position }) => position === firstMistake);
  const atRead = wrong.map(readAt).filter((read) => read !== undefined);
  return {
    runs: runs.length,
    wrong: wrong.length,
    atRead: atRead.length,
    factGone: atRead.filter((read) => !isHeld(read, heads)).length,
  };
}

/** Tokens since the fact was last needed, at most this many. */
const gapLimits: readonly number[] = [16, 48, 96, Infinity];

/** Shares by place, then by how long ago the fact was last needed. Groups without reads are left out. */
export function heldShares(runs: readonly FactReads[], heads: ReadingHeads): HeldShare[] {
  const reads = runs.flatMap((run) => run.reads);
  const groups: { label: string; isOf: (read: FactRead) => boolean }[] = [];
  for (const [place, isInPrompt] of [
    ["prompt", true],
    ["reasoning", false],
  ] as const) {
    groups.push({ label: `${place}, first read`, isOf: (read) => read.isInPrompt === isInPrompt && read.isFirst });
    gapLimits.forEach((limit, index) => {
      const least = index === 0 ? 0 : gapLimits[index - 1];
      const range = limit === Infinity ? `over ${least}` : `${least + 1}-${limit}`;
      groups.push({
        label: `${place}, ${range} tokens after the last`,
        isOf: (read) =>
          read.isInPrompt === isInPrompt && !read.isFirst && read.gapTokens > least && read.gapTokens <= limit,
      });
    });
  }
  return groups.flatMap(({ label, isOf }) => {
    const some = reads.filter(isOf);
    return some.length === 0
      ? []
      : [{ label, reads: some.length, held: shareOf(some.map((read) => isHeld(read, heads))) }];
  });
}
