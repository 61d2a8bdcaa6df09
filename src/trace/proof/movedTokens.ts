// Which tokens changed place between two runs fed the same tokens, when one of them is known by sums alone. Per head, the other run's
// survivors are taken to be this run's, changed as earlier events changed them; the search finds the few further moves that give the
// sum which was sent.
import { headRow } from "../../cache/headRows";
import type { EvictionEvent } from "../trace";
import { cutScale, relativeTo } from "./cutMargins";
import { modulo, survivorHash } from "./proof";

/** How the two caches of a head differ after an event: as many positions that only the other run holds as ones that only this run holds. */
export interface HeadDifference {
  readonly there: readonly number[];
  readonly here: readonly number[];
}

/** In the other run, a position stays in the place of another. */
export interface Move {
  readonly head: number;
  /** Stays in the other run. */
  readonly inward: number;
  /** Leaves in the other run. */
  readonly outward: number;
  /** By how little this run decided otherwise, relative (cutMargins.ts); 0 for two tokens that it no longer holds. */
  readonly margin: number;
}

/** Differences above this are no near ties, and are not looked for. */
const WIDEST_MARGIN = 0.3;
/** Candidates on either side of a cut. */
const NEIGHBOURS = 6;
/** Sets of moves that may be tried for one sum of 30 bits: one in a thousand sums would then be met by chance. */
const MOST_SETS = 2 ** 20;

/** The difference before any further move: what earlier events left of it. */
export function carriedDifference(before: HeadDifference, event: EvictionEvent, head: number): HeadDifference {
  if (before.here.length === 0) return before;
  const kept = new Set(keptPositions(event, head));
  const here = before.here.filter((position) => kept.has(position));
  return { here, there: before.there.slice(0, here.length) };
}

/** What may have gone otherwise at this event. `before`: the difference that it met. */
export function possibleMoves(event: EvictionEvent, head: number, before: HeadDifference): readonly Move[] {
  const carried = carriedDifference(before, event, head);
  const { kept, gone, cutOff } = aroundCut(event, head, new Set(before.here));
  const scale = cutScale(event, head);
  const lost = before.there.slice(carried.there.length).map((position) => ({ position, score: null }));
  const held = carried.there.map((position) => ({ position, score: null }));
  return [...kept, ...held]
    .flatMap((outward) =>
      [...gone, ...lost].map((inward): Move => {
        const difference = (outward.score ?? cutOff) - (inward.score ?? cutOff);
        const margin = relativeTo(scale, Math.max(0, difference));
        return { head, inward: inward.position, outward: outward.position, margin };
      }),
    )
    .filter(({ margin }) => margin <= WIDEST_MARGIN);
}

interface Scored {
  readonly position: number;
  /** Null for a token that this run no longer holds. */
  readonly score: number | null;
}

/** Candidates next to the cut that both runs held. */
function aroundCut(event: EvictionEvent, head: number, onlyHere: ReadonlySet<number>) {
  const totals = headRow(event.total, head);
  const positions = headRow(event.positionsBefore, head);
  const stays = new Set(headRow(event.survivors, head));
  const all = Array.from(totals, (score, slot) => ({ position: positions[slot], score, stays: stays.has(slot) }));
  const shared = all.filter(({ position, score }) => Number.isFinite(score) && !onlyHere.has(position));
  const side = (isKept: boolean): readonly (Scored & { readonly score: number })[] =>
    shared
      .filter(({ stays }) => stays === isKept)
      .sort((one, other) => (isKept ? one.score - other.score : other.score - one.score))
      .slice(0, NEIGHBOURS);
  return { kept: side(true), gone: side(false), cutOff: event.cutOff[head] };
}

/** Up to three moves of one group of heads that change its sum by so much, the closest first tried; null where none do. */
export function findMoves(possible: readonly Move[], difference: number): readonly Move[] | null {
  if (difference === 0) return [];
  const moves = [...possible].sort((one, other) => one.margin - other.margin);
  const changes = moves.map(({ head, inward, outward }) =>
    modulo(survivorHash(head, inward) - survivorHash(head, outward)),
  );
  const byChange = new Map(changes.map((change, place) => [change, place]).reverse() as [number, number][]);
  const completed = (places: readonly number[]): readonly Move[] | null => {
    const rest = modulo(places.reduce((left, place) => left - changes[place], difference));
    const last = byChange.get(rest);
    if (last === undefined) return null;
    const found = [...places, last].map((place) => moves[place]);
    return areApart(found) ? found : null;
  };
  const single = completed([]);
  if (single !== null) return single;
  for (let first = 0; first < moves.length; first++) {
    const pair = completed([first]);
    if (pair !== null) return pair;
  }
  // n moves make n³ / 6 sets of three.
  const count = Math.min(moves.length, Math.floor((6 * MOST_SETS) ** (1 / 3)));
  for (let second = 1; second < count; second++) {
    for (let first = 0; first < second; first++) {
      const three = completed([first, second]);
      if (three !== null) return three;
    }
  }
  return null;
}

/** No token moves twice. */
function areApart(moves: readonly Move[]): boolean {
  const places = moves.flatMap(({ head, inward, outward }) => [`${head}:${inward}`, `${head}:${outward}`]);
  return new Set(places).size === places.length;
}

export function withMoves(difference: HeadDifference, moves: readonly Move[]): HeadDifference {
  const outward = new Set(moves.map((move) => move.outward));
  const there = difference.there.filter((position) => !outward.has(position));
  const leavesThere = moves.filter((move) => !difference.there.includes(move.outward)).map((move) => move.outward);
  return {
    there: [...there, ...moves.map(({ inward }) => inward)],
    here: [...difference.here, ...leavesThere],
  };
}

/** What the other run is taken to hold more and less than this one, as a change of the group's sum. */
export function changeOf({ there, here }: HeadDifference, head: number): number {
  const sumOf = (positions: readonly number[]): number =>
    positions.reduce((sum, position) => modulo(sum + survivorHash(head, position)), 0);
  return modulo(sumOf(there) - sumOf(here));
}

function keptPositions(event: EvictionEvent, head: number): readonly number[] {
  const positions = headRow(event.positionsBefore, head);
  return Array.from(headRow(event.survivors, head), (slot) => positions[slot]);
}
