// A problem with a known answer, for a model to think about: what all families have in common, what each is drawn from, and
// their union.

interface ProblemOf<Family extends string, Knobs> {
  /** Says all that it was made from: family, knobs and seed. `problemById` makes it again. */
  readonly id: string;
  readonly family: Family;
  readonly knobs: Knobs;
  /** 0 … 10, from the knobs: the stop of the family's dial that has them, or comes nearest. */
  readonly difficulty: number;
  /** Ends where the model begins to think; special tokens written out. */
  readonly prompt: string;
  /** The number that is asked for. */
  readonly answer: string;
  /** What a model that makes no mistake writes after the prompt, end token included. */
  readonly trace: string;
}

export interface WalkKnobs {
  /** 3 … 12; the shipped models were trained on 3 … 8. */
  readonly rooms: number;
  /** 1 … 59; the shipped models were trained on 3 … 36. */
  readonly steps: number;
  /** Every use of a rule with an even or an odd number comes for the first time within this many steps; null = as it falls. */
  readonly tour: number | null;
}

export interface DiaryKnobs {
  /** 3 … 12 */
  readonly rooms: number;
  /** 1 … 59 */
  readonly steps: number;
}

export interface StoryKnobs {
  /** In the chain, 2 … 12. */
  readonly people: number;
  /** Facts that the answer does not need; people and they are at most 12. */
  readonly distractors: number;
}

type OrdersTask =
  | { readonly task: "walk"; readonly rooms: number; readonly steps: number }
  | { readonly task: "story"; readonly people: number; readonly distractors: number };

/** `orders`: 1 … 5, before a walk or a story. */
export type OrdersKnobs = OrdersTask & { readonly orders: number };

export type WalkProblem = ProblemOf<"walk", WalkKnobs>;
export type DiaryProblem = ProblemOf<"diary", DiaryKnobs>;
export type StoryProblem = ProblemOf<"story", StoryKnobs>;
export type OrdersProblem = ProblemOf<"orders", OrdersKnobs>;

export type Problem = WalkProblem | DiaryProblem | StoryProblem | OrdersProblem;
export type ProblemFamily = Problem["family"];

/**
 * The most that a run may generate on a problem whose reference trace has so many tokens: a run that is right is as long as
 * the reference, and one that wanders comes to an end.
 */
export function tokenLimit(traceTokens: number): number {
  return traceTokens + Math.max(32, Math.ceil(traceTokens / 10));
}

/** One word is one token: text is split at white space. */
export function tokensOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
