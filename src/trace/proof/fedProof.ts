// The proof of a run on a model that a visitor brought. Arithmetic differs between graphics adapters, so such a run cannot be
// repeated to the bit elsewhere. Its proof therefore holds the tokens themselves: a replay is fed them (teacher forcing), and only
// survivors can differ.
//
//   tokens   all of them, three letters each
//   sums     per event and group of neighbouring heads: the sum of a 30-bit hash of (head, position) over the survivors. Two runs that
//            differ in a few near ties are told apart, and which tokens changed place is found (movedTokens.ts)
//   cuts     the closest decisions of the whole run; every other one was decided by more, unless its scores were left out of the
//            trace (traceMemory.ts)
import type { Trace } from "../trace";
import { closestCuts, type ProvedCut } from "./cutMargins";
import { eventSums, modulo, promptHashOf } from "./proof";

export interface FedProof {
  /** 30 bits of the prompt's tokens. */
  readonly promptHash: number;
  readonly tokens: readonly number[]; // [step]
  /** Layers × KV heads. */
  readonly headCount: number;
  /** Neighbouring heads to a sum. */
  readonly headInterval: number;
  readonly sums: readonly (readonly number[])[]; // [event][group of heads]
  readonly cuts: readonly ProvedCut[]; // closest first
}

/** Tokens are written in three letters of 6 bits. */
const MOST_FED_TOKEN = 64 ** 3 - 1;
const CUT_COUNT = 24;
const FEWEST_CUTS = 6;

/** Null for a vocabulary that three letters do not hold. */
export function proveFed({ header, steps, events }: Trace): FedProof | null {
  const tokens = steps.map(({ token }) => token);
  if (tokens.some((token) => token > MOST_FED_TOKEN)) return null;
  const { layerCount, kvHeadCount } = header.model;
  return {
    promptHash: promptHashOf(header.promptTokens),
    tokens,
    headCount: layerCount * kvHeadCount,
    headInterval: kvHeadCount,
    sums: events.map((event) => eventSums(event, kvHeadCount)),
    cuts: closestCuts(events, CUT_COUNT),
  };
}

/** The same proof with half the sums, or, where every event has only one, half the cuts; null where nothing is left to thin. */
export function thinnedFed(proof: FedProof): FedProof | null {
  const { headCount, headInterval, sums, cuts } = proof;
  if (headInterval < headCount && sums.length > 0) {
    return { ...proof, headInterval: 2 * headInterval, sums: sums.map(inPairs) };
  }
  return cuts.length > FEWEST_CUTS ? { ...proof, cuts: cuts.slice(0, FEWEST_CUTS) } : null;
}

function inPairs(sums: readonly number[]): readonly number[] {
  return sums.filter((_, place) => place % 2 === 0).map((sum, pair) => modulo(sum + (sums[2 * pair + 1] ?? 0)));
}
