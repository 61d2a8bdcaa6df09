// What one problem gave under one configuration: the line that a results file keeps.

import * as v from "valibot";

/** The first word that differs from the reference trace. */
const firstWrongSchema = v.object({
  /** Which sentence of the reasoning, from 0. */
  step: v.number(),
  /** Of the word, counted from the prompt's first token. */
  position: v.number(),
  /** What was misread or miscalculated: rule, value, arithmetic, order, format, unfinished. */
  kind: v.string(),
});

const resultSchema = v.object({
  id: v.string(),
  isRight: v.boolean(),
  /** The text is the reference trace, word for word. */
  isExact: v.boolean(),
  /** False where the run was cut off before it gave an answer. */
  hasAnswer: v.boolean(),
  /** Null where nothing is wrong, or where the family has no checker. */
  firstWrong: v.nullable(firstWrongSchema),
  /** Parts of an answer that are judged one by one, by name. */
  parts: v.optional(v.record(v.string(), v.boolean())),
  promptTokens: v.number(),
  /** Tokens generated, the end token included. */
  tokens: v.number(),
  /** Fingerprint of the tokens generated (trace/proof/digest.ts): two runs with the same wrote the same. Empty for none. */
  tokensDigest: v.string(),
  /** Token retention ratio at the end: slots in use per layer and KV head ÷ positions written, 0 … 1. */
  retained: v.number(),
  /** Most slots that any forward read, per layer and KV head. */
  peakSlots: v.number(),
  /** Decoding with its events, without the prefill. */
  decodeMs: v.number(),
  /** Why it could not be run; the figures are then 0 and it counts as wrong. */
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
