// The result of one problem under one configuration (a line of a results file), and many results added up: shares with
// standard errors, memory, speed, failures.

import * as v from "valibot";

/** The first word that differs from the reference trace. */
const firstWrongSchema = v.object({
  /** Which sentence of the reasoning, from 0. */
  step: v.number(),
  /** Position of the word; the prompt's first token is 0. */
  position: v.number(),
  /** What was misread or miscalculated: rule, value, arithmetic, order, format, unfinished. */
  kind: v.string(),
});

const resultSchema = v.object({
  id: v.string(),
  isRight: v.boolean(),
  /** The text is the reference trace, word for word. */
  isExact: v.boolean(),
  /** False if the run was cut off before it gave an answer. */
  hasAnswer: v.boolean(),
  /** Null if nothing is wrong, or if the family has no checker. */
  firstWrong: v.nullable(firstWrongSchema),
  /** Parts of an answer that are judged one by one, by name. */
  parts: v.optional(v.record(v.string(), v.boolean())),
  /** The answer names the number that an order keeps secret; absent where no order does. */
  isLeaked: v.optional(v.boolean()),
  /** Of each instruction that the recipe names, its share left in the cache, mean over layers and KV heads. */
  keepRates: v.optional(v.array(v.object({ afterPrompt: v.number(), atEnd: v.number() }))),
  /**
   * ln p(the secret number) − ln p("secret") where the answer has to say one of them: after the text of the full cache, and
   * after the run's own. Null where that text does not get so far; absent where nobody asked (lab/eval/secretMargin.ts).
   */
  secretMargins: v.optional(v.object({ forced: v.nullable(v.number()), own: v.nullable(v.number()) })),
  promptTokens: v.number(),
  /** Tokens generated, the end token included. */
  tokens: v.number(),
  /** Fingerprint of the tokens generated (trace/proof/digest.ts): runs with the same digest wrote the same. Empty if it failed. */
  tokensDigest: v.string(),
  /** Token retention ratio at the end: slots in use per layer and KV head ÷ positions written, 0 … 1. */
  retained: v.number(),
  /** Most slots that any forward read, per layer and KV head. */
  peakSlots: v.number(),
  /** Decoding with its events, without the prefill. */
  decodeMs: v.number(),
  /** Why the problem could not be run; its figures are then 0 and it counts as wrong. */
  failure: v.nullable(v.string()),
});

export type ProblemResult = Readonly<v.InferOutput<typeof resultSchema>>;
export type FirstWrong = Readonly<v.InferOutput<typeof firstWrongSchema>>;

/** Null for anything that is not a result. */
export function parseProblemResult(value: unknown): ProblemResult | null {
  const parsed = v.safeParse(resultSchema, value);
  return parsed.success ? parsed.output : null;
}

export function failedResult(id: string, failure: string): ProblemResult {
  return {
    id,
    isRight: false,
    isExact: false,
    hasAnswer: false,
    firstWrong: null,
    promptTokens: 0,
    tokens: 0,
    tokensDigest: "",
    retained: 0,
    peakSlots: 0,
    decodeMs: 0,
    failure,
  };
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const partSchema = v.object({ count, right: share, rightError: v.number() });

export const summarySchema = v.object({
  /** Problems requested, failed ones included. */
  count,
  /** Share with the right answer, 0 … 1, and its standard error; failures count as wrong. */
  right: share,
  rightError: v.number(),
  /** Share whose text is the reference trace word for word. */
  exact: share,
  exactError: v.number(),
  rightCount: count,
  exactCount: count,
  /** Runs that were cut off before they gave an answer. */
  unfinishedCount: count,
  /** Mean token retention ratio at the end of a run; null if nothing ran. */
  meanRetained: v.nullable(share),
  /** The same over right answers alone, as the paper reports it (arXiv 2512.00504, figure 6). */
  meanRetainedRight: v.nullable(share),
  /** Largest and mean number of slots that a forward read, per layer and KV head. */
  peakSlots: count,
  meanPeakSlots: v.nullable(v.number()),
  /** Tokens generated in all. */
  tokens: count,
  /** All decoded tokens over all the time of decoding with its events, in one process; null if nothing was timed. */
  tokensPerSecond: v.nullable(v.number()),
  /** First wrong steps by kind. */
  wrongKinds: v.record(v.string(), count),
  /** Share right of each part that is judged separately, if there are any. */
  parts: v.record(v.string(), partSchema),
  failures: v.array(v.object({ id: v.string(), message: v.string() })),
});

export type ResultSummary = Readonly<v.InferOutput<typeof summarySchema>>;
type PartSummary = ResultSummary["parts"][string];

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

/** Null if there are no values. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of the values that are true, 0 … 1; 0 for none. */
export function shareOf(values: readonly boolean[]): number {
  return values.length === 0 ? 0 : values.filter(Boolean).length / values.length;
}

/**
 * Standard error of a share observed in `count` independent trials: √(p (1 − p) / n). For a share of 0 or 1 it is 0 and
 * says nothing; such a share is known to within about 3 / n (95 %, Hanley and Lippman-Hand 1983).
 */
export function shareError(share: number, count: number): number {
  return count === 0 ? 0 : Math.sqrt((share * (1 - share)) / count);
}
