// A problem with a known answer for a model to think about: what all families have in common, the knobs of each, and their
// union.

interface ProblemOf<Family extends string, Knobs> {
  /** Names family, knobs and seed; `problemById` draws the problem again. */
  readonly id: string;
  readonly family: Family;
  readonly knobs: Knobs;
  /** 0 … 10: the stop of the family's dial that holds the knobs or comes nearest. */
  readonly difficulty: number;
  /** Ends where the model starts thinking; special tokens are written out. */
  readonly prompt: string;
  /** The number asked for. */
  readonly answer: string;
  /** What a model that makes no mistake writes after the prompt, end token included. */
  readonly trace: string;
}

export interface WalkKnobs {
  /** 3 … 12; the shipped models were trained on 3 … 8. */
  readonly rooms: number;
  /** 1 … 59; the shipped models were trained on 3 … 36. */
  readonly steps: number;
  /** Each room's even and odd branches are first used within this many steps; null = no such condition. */
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
  /** Facts that the answer does not need; people and distractors together are at most 12. */
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
 * The most tokens that a run may generate on a problem whose reference trace has `traceTokens`: a right run is as long as
 * the reference, and one that goes astray must end.
 */
export function tokenLimit(traceTokens: number): number {
  return traceTokens + Math.max(32, Math.ceil(traceTokens / 10));
}

/** One word is one token: splits text at white space. */
export function tokensOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
