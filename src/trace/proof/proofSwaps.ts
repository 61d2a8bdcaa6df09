// What an event kept elsewhere, guessed from the difference of two sums: the smallest change of survivors that explains
// it, a swap of one that stayed and one that left in some head, else two such swaps, nearest to the cut first.
//
//                    stayed here │ left here
//   by total   … c8  c3      c5  │  c9  c1 …        a swap takes one from each side
import { headRow, rowCount } from "../../cache/headRows";
import { HASH_RANGE, modulo, survivorHash } from "./proof";
import type { EvictionEvent } from "../trace";

export interface Swap {
  readonly head: number;
  /** Position that stayed here and left there. */
  readonly keptHere: number;
  /** Position that left here and stayed there. */
  readonly keptThere: number;
  readonly totalHere: number;
  readonly totalThere: number;
}

export interface Explanation {
  /** One or two. */
  readonly swaps: readonly Swap[];
  /** Chance that some swap of those tried fits by accident: how many were tried, over 2^30. */
  readonly accidentChance: number;
}

/**
 * Single swaps that are tried at most, over all heads: all there are in a model of 16 heads with 256 slots. One of them
 * fits by accident with a chance of 2^20 / 2^30, one in a thousand, at most.
 */
const MOST_SINGLES = 2 ** 20;
/** Single swaps of which pairs are tried: at most 2^19 pairs, so one in two thousand that one fits by accident. */
const MOST_PAIRED = 1024;

/** `difference`: the sum there minus the sum here. Null where no one or two swaps explain it. */
export function findSwaps(event: EvictionEvent, difference: number): Explanation | null {
  const headCount = rowCount(event.survivors);
  const sides = Array.from({ length: headCount }, (_, head) => sidesOfCut(event, head));
  const perSide = Math.floor(Math.sqrt(MOST_SINGLES / headCount));
  const single = bestSingle(sides, perSide, modulo(difference));
  if (single !== null) return single;
  return bestPair(nearestSwaps(sides), modulo(difference));
}

interface Candidate {
  readonly position: number;
  readonly total: number;
  readonly hash: number;
}

interface Sides {
  readonly head: number;
  /** Candidates that stayed, the nearest to the cut first; the window is never up for choice. */
  readonly stayed: readonly Candidate[];
  readonly left: readonly Candidate[];
}

function sidesOfCut(event: EvictionEvent, head: number): Sides {
  const kept = new Set(headRow(event.survivors, head));
  const positions = headRow(event.positionsBefore, head);
  const candidates = Array.from(headRow(event.total, head), (total, slot) => {
    return { slot, position: positions[slot], total, hash: survivorHash(head, positions[slot]) };
  });
  return {
    head,
    stayed: candidates.filter(({ slot }) => kept.has(slot)).sort((one, other) => order(one.total, other.total)),
    left: candidates.filter(({ slot }) => !kept.has(slot)).sort((one, other) => order(other.total, one.total)),
  };
}

/** Ascending, with infinities where they belong. */
function order(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function bestSingle(sides: readonly Sides[], perSide: number, difference: number): Explanation | null {
  let best: Swap | null = null;
  let triedCount = 0;
  for (const { head, stayed, left } of sides) {
    const stayedNear = stayed.slice(0, perSide);
    const leftNear = left.slice(0, perSide);
    triedCount += stayedNear.length * leftNear.length;
    const leftByHash = new Map(leftNear.map((candidate) => [candidate.hash, candidate]));
    for (const here of stayedNear) {
      const there = leftByHash.get(modulo(difference + here.hash));
      if (there === undefined) continue;
      const swap = swapOf(head, here, there);
      if (best === null || distance(swap) < distance(best)) best = swap;
    }
  }
  return best === null ? null : { swaps: [best], accidentChance: triedCount / HASH_RANGE };
}

type HashedSwap = Swap & { readonly difference: number };

/** The single swaps of the smallest margins, over all heads. */
function nearestSwaps(sides: readonly Sides[]): readonly HashedSwap[] {
  const perSide = Math.ceil(Math.sqrt(MOST_PAIRED));
  return sides
    .flatMap(({ head, stayed, left }) =>
      stayed
        .slice(0, perSide)
        .flatMap((here) =>
          left
            .slice(0, perSide)
            .map((there) => ({ ...swapOf(head, here, there), difference: modulo(there.hash - here.hash) })),
        ),
    )
    .sort((one, other) => order(distance(one), distance(other)))
    .slice(0, MOST_PAIRED);
}

function bestPair(swaps: readonly HashedSwap[], difference: number): Explanation | null {
  const byDifference = new Map<number, HashedSwap[]>();
  for (const swap of swaps) {
    const known = byDifference.get(swap.difference);
    if (known === undefined) byDifference.set(swap.difference, [swap]);
    else known.push(swap);
  }
  let best: readonly [Swap, Swap] | null = null;
  const sizeOf = ([one, other]: readonly [Swap, Swap]): number => distance(one) + distance(other);
  for (const one of swaps) {
    for (const other of byDifference.get(modulo(difference - one.difference)) ?? []) {
      const shares = one.head === other.head && (one.keptHere === other.keptHere || one.keptThere === other.keptThere);
      if (!shares && (best === null || sizeOf([one, other]) < sizeOf(best))) best = [one, other];
    }
  }
  const pairCount = (swaps.length * (swaps.length - 1)) / 2;
  return best === null ? null : { swaps: best, accidentChance: pairCount / HASH_RANGE };
}

function swapOf(head: number, here: Candidate, there: Candidate): Swap {
  return {
    head,
    keptHere: here.position,
    keptThere: there.position,
    totalHere: here.total,
    totalThere: there.total,
  };
}

/** How far apart the two totals are; what had to stay, or is no number, is far from everything. */
function distance({ totalHere, totalThere }: Swap): number {
  const apart = Math.abs(totalHere - totalThere);
  return Number.isNaN(apart) ? Infinity : apart;
}
