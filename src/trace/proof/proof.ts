// What a run left behind, in few letters: enough for another page to say whether its own run of the recipe is the same,
// and where it is not. It finds differences between honest runs; it is no seal against somebody who makes up a run.
//
//   tokens      digest of all of them (64 bits)
//   marks       6 bits of the running digest after every k-th step: the first step that differs is found
//   events      per event a sum over its survivors of a 30-bit hash of (head, position): the first event that differs is
//               found; in groups of j where there are many
import { headCountOf, headRow, rowCount } from "../../cache/headRows";
import { hashList, hashWord, hashWords } from "../../lib/random";
import { createDigest } from "./digest";
import { survivingPositions } from "../replay";
import type { EvictionEvent, Trace } from "../trace";

export interface Proof {
  /** 16 hexadecimal digits. */
  readonly tokensDigest: string;
  /** Null where the tokens' digest is all there is, as in links of version 2. */
  readonly detail: ProofDetail | null;
}

export interface ProofDetail {
  readonly stepCount: number;
  /** 30 bits of the prompt's tokens. */
  readonly promptHash: number;
  /** k: mark i is of step (i + 1) × k − 1. */
  readonly markInterval: number;
  readonly marks: readonly number[]; // floor(stepCount / k), 0 … 63
  readonly eventCount: number;
  /** j: events to a group. */
  readonly eventInterval: number;
  readonly groups: readonly number[]; // ceil(eventCount / j), 30 bits
}

/** Sums of hashes are taken modulo this. */
const HASH_RANGE = 2 ** 30;

export function proveRun({ header, steps, events }: Trace): Proof & { readonly detail: ProofDetail } {
  const digest = createDigest();
  const marks = steps.map(({ token }) => {
    digest.add([token]);
    return digest.mark();
  });
  const detail = {
    stepCount: steps.length,
    promptHash: promptHashOf(header.promptTokens),
    markInterval: 1,
    marks,
    eventCount: events.length,
    eventInterval: 1,
    groups: events.map((event) => eventSums(event, headCountOf(header.model))[0]),
  };
  return { tokensDigest: digest.text(), detail };
}

/** The same proof with half the marks, or half the groups of events, whichever take more letters; null where nothing is left to thin. */
export function thinnedProof({ tokensDigest, detail }: Proof): Proof | null {
  if (detail === null) return null;
  const { marks, groups, markInterval, eventInterval } = detail;
  if (marks.length <= 1 && groups.length <= 1) return null;
  if (groups.length <= 1 || marks.length >= groups.length * LETTERS_PER_GROUP) {
    const kept = marks.filter((_, place) => place % 2 === 1);
    return { tokensDigest, detail: { ...detail, markInterval: 2 * markInterval, marks: kept } };
  }
  const pairs = groups
    .filter((_, place) => place % 2 === 0)
    .map((group, pair) => modulo(group + (groups[2 * pair + 1] ?? 0)));
  return { tokensDigest, detail: { ...detail, eventInterval: 2 * eventInterval, groups: pairs } };
}

/** Of 6 bits each, where a mark takes one. */
export const LETTERS_PER_GROUP = 5;

export function modulo(sum: number): number {
  return ((sum % HASH_RANGE) + HASH_RANGE) % HASH_RANGE;
}

export function hash30(seed: number, ...words: readonly number[]): number {
  return hashWords(seed, ...words) >>> 2;
}

/** The same of a list of any length. */
export function listHash30(seed: number, words: Iterable<number>): number {
  return hashList(seed, words) >>> 2;
}

export function promptHashOf(promptTokens: Int32Array): number {
  return listHash30(1, promptTokens);
}

/**
 * Of an event: the sum of its survivors' hashes, one for each group of neighbouring heads. The first also holds the event's step:
 * the same survivors at another step are another event.
 */
export function eventSums(event: EvictionEvent, headInterval: number): readonly number[] {
  const positions = survivingPositions(event);
  const sums = Array.from({ length: Math.ceil(rowCount(positions) / headInterval) }, () => 0);
  sums[0] = hash30(3, event.step);
  for (let head = 0; head < rowCount(positions); head++) {
    const group = Math.floor(head / headInterval);
    // Of survivorHash the part that a head's positions share.
    const ofHead = hashWords(2, head);
    for (const position of headRow(positions, head)) {
      sums[group] = (sums[group] + (hashWord((ofHead ^ position) >>> 0) >>> 2)) % HASH_RANGE;
    }
  }
  return sums;
}

/** What a survivor adds to the sum of its group. */
export function survivorHash(head: number, position: number): number {
  return hash30(2, head, position);
}
