// Where the meaning of each word comes from: which facts a text states, and which words of the reasoning are read from
// which of them. Training draws hints from it, analyses ask it which cache entries mattered.

import { unreachable } from "../../src/lib/errors";
import { diaryLinks } from "./diaryLinks";
import { ordersLinks } from "./ordersLinks";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import { storyLinks } from "./storyLinks";
import { walkLinks } from "./walkLinks";

/** Something that is stated once and read later. Positions count tokens from the prompt's first. */
export interface FactLink {
  readonly type: "fact";
  readonly name: string;
  /** The full stop that closes the fact (of a single word: the word): where a model can gather all its parts. */
  readonly summary: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** A token of the reasoning that cannot be written without a fact. */
export interface ReadLink {
  readonly type: "read";
  /** Of the token that is read; a model looks it up one position earlier, where it predicts it. */
  readonly position: number;
  /** Which part of the fact. */
  readonly role: string;
  /** `summary` of the fact. */
  readonly fact: number;
  /** Where in the fact the part stands. */
  readonly source: number;
  /** The token that says which fact: the room or person spoken of. */
  readonly key: number;
}

export type Link = FactLink | ReadLink;

/** All tokens of prompt and reference trace. */
export interface LinkedText {
  readonly tokens: readonly string[];
  readonly promptCount: number;
}

/** Facts and reads of the prompt and its reference trace. */
export function problemLinks(problem: Problem): Link[] {
  const promptTokens = tokensOf(problem.prompt);
  const text = { tokens: [...promptTokens, ...tokensOf(problem.trace)], promptCount: promptTokens.length };
  switch (problem.family) {
    case "walk":
      return walkLinks(text);
    case "diary":
      return diaryLinks(text);
    case "story":
      return storyLinks(text);
    case "orders":
      return ordersLinks(text);
    default:
      return unreachable(problem);
  }
}
