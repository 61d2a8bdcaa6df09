// The results of one configuration added up: shares with standard errors, memory, speed, what failed.

import type { ProblemResult } from "./problemResult";
import { mean, shareError, shareOf } from "./statistics";

export interface ResultSummary {
  /** Problems asked for, those that failed included. */
  readonly count: number;
  /** Share with the right answer, 0 … 1, and its standard error; failures count as wrong. */
  readonly right: number;
  readonly rightError: number;
  /** Share whose text is the reference trace word for word. */
  readonly exact: number;
  readonly exactError: number;
  readonly rightCount: number;
  readonly exactCount: number;
  /** Runs that were cut off before they gave an answer. */
  readonly unfinishedCount: number;
  /** Mean token retention ratio at the end of a run; null where nothing ran. */
  readonly meanRetained: number | null;
  /** The same over right answers alone, as the paper reports it (arXiv 2512.00504, figure 6). */
  readonly meanRetainedRight: number | null;
  /** Largest and mean number of slots that a forward read, per layer and KV head. */
  readonly peakSlots: number;
  readonly meanPeakSlots: number | null;
  /** Tokens generated in all. */
  readonly tokens: number;
  /** All decoded tokens over all the time of decoding with its events, in one process; null where nothing was timed. */
  readonly tokensPerSecond: number | null;
  /** First wrong steps by kind. */
  readonly wrongKinds: Readonly<Record<string, number>>;
  /** Share right of each part that is judged by itself, where there are any. */
  readonly parts: Readonly<Record<string, PartSummary>>;
  readonly failures: readonly { readonly id: string; readonly message: string }[];
}

export interface PartSummary {
  readonly count: number;
  readonly right: number;
  readonly rightError: number;
}

export function summariseResults(results: readonly ProblemResult[]): ResultSummary {
  const count = results.length;
  const finished = results.filter(({ failure }) => failure === null);
  const right = shareOf(results.map(({ isRight }) => isRight));
  const exact = shareOf(results.map(({ isExact }) => isExact));
  const decodeMs = finished.reduce((sum, result) => sum + result.decodeMs, 0);
  const tokens = finished.reduce((sum, result) => sum + result.tokens, 0);
  return {
    count,
    right,
    rightError: shareError(right, count),
    exact,
    exactError: shareError(exact, count),
    rightCount: results.filter(({ isRight }) => isRight).length,
    exactCount: results.filter(({ isExact }) => isExact).length,
    unfinishedCount: finished.filter(({ hasAnswer }) => !hasAnswer).length,
    meanRetained: mean(finished.map(({ retained }) => retained)),
    meanRetainedRight: mean(finished.filter(({ isRight }) => isRight).map(({ retained }) => retained)),
    peakSlots: Math.max(0, ...finished.map(({ peakSlots }) => peakSlots)),
    meanPeakSlots: mean(finished.map(({ peakSlots }) => peakSlots)),
    tokens,
    // The first token of a run comes out of the prefill.
    tokensPerSecond: decodeMs > 0 ? (1000 * (tokens - finished.length)) / decodeMs : null,
    wrongKinds: wrongKinds(finished),
    parts: partSummaries(finished),
    failures: results.flatMap(({ id, failure }) => (failure === null ? [] : [{ id, message: failure }])),
  };
}

function wrongKinds(results: readonly ProblemResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { firstWrong } of results) {
    if (firstWrong !== null) counts[firstWrong.kind] = (counts[firstWrong.kind] ?? 0) + 1;
  }
  return sortedByName(counts);
}

function partSummaries(results: readonly ProblemResult[]): Record<string, PartSummary> {
  const outcomes: Record<string, boolean[]> = {};
  for (const { parts } of results) {
    for (const [name, isRight] of Object.entries(parts ?? {})) (outcomes[name] ??= []).push(isRight);
  }
  const summaries = Object.entries(outcomes).map(([name, values]): [string, PartSummary] => {
    const right = shareOf(values);
    return [name, { count: values.length, right, rightError: shareError(right, values.length) }];
  });
  return sortedByName(Object.fromEntries(summaries));
}

function sortedByName<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** One letter per problem, in order: e exact, r right but not exact, w wrong, u no answer, f failed. */
export function outcomeLetters(results: readonly ProblemResult[]): string {
  return results.map(outcomeLetter).join("");
}

function outcomeLetter({ isExact, isRight, hasAnswer, failure }: ProblemResult): string {
  if (failure !== null) return "f";
  if (isRight) return isExact ? "e" : "r";
  return hasAnswer ? "w" : "u";
}
