// Fact reads of many runs added up: which heads read facts, how often the fact was still there, where runs first went wrong.

import type { FactPlace, FactRead, FactReads } from "./factReads";
import { factPlaces } from "./factReads";
import { mean, shareOf } from "../../src/experiment/results";

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
  /** Of these, with the place that is read gone from the head that reads it. */
  readonly factGone: number;
}

/** How often the head that reads a fact still held it, for some of the reads. */
export interface HeldShare {
  readonly label: string;
  readonly reads: number;
  /** 0 … 1 */
  readonly held: number;
}

/** Who reads facts of the prompt, and of the reasoning; null where the family has none. */
export interface ReadingHeads {
  readonly prompt: Reader | null;
  readonly reasoning: Reader | null;
}

export function isHeld(read: FactRead, readers: ReadingHeads): boolean {
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

/** Tokens since the fact was last needed, up to and with this many. */
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
