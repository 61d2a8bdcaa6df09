// A text with its links: which facts it states, and which words of the reasoning are read from which of them.

import { assert } from "../lib/errors";
import { tokensOf, type Problem } from "./problem";

/** Something that is stated once and read later. Positions count tokens from the prompt's first. */
export interface FactLink {
  readonly type: "fact";
  readonly name: string;
  /** The full stop that closes the fact (or its only word), where a model can gather all its parts. */
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
  /** The token that says which fact it is: the room or person. */
  readonly key: number;
}

export type Link = FactLink | ReadLink;

/** All tokens of prompt and reference trace. */
export interface LinkedText {
  readonly tokens: readonly string[];
  readonly promptCount: number;
}

export function linkedText({ prompt, trace }: Problem): LinkedText {
  const promptTokens = tokensOf(prompt);
  return { tokens: [...promptTokens, ...tokensOf(trace)], promptCount: promptTokens.length };
}

export function fact(name: string, summary: number, parts: Readonly<Record<string, number>>): FactLink {
  return { type: "fact", name, summary, parts };
}

/** Reads a part of a fact; `role` is the name of the part. */
export function read(position: number, role: string, from: FactLink, key: number): ReadLink {
  return { type: "read", position, role, fact: from.summary, source: from.parts[role], key };
}

/** The fact of this name, which exists because the text is ours. */
export function factNamed(facts: ReadonlyMap<string, FactLink>, name: string): FactLink {
  const found = facts.get(name);
  assert(found !== undefined, `the text states a fact about ${name}`);
  return found;
}

/** Positions of the parts of a fact whose first word stands at `at`. */
export function partsAt(at: number, offsets: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(offsets).map(([role, offset]) => [role, at + offset]));
}

/** The rules in the prompt, by room; `parts` counts tokens from the header, `length` includes the full stop. */
export function ruleFacts(
  { tokens, promptCount }: LinkedText,
  parts: Readonly<Record<string, number>>,
  length: number,
): Map<string, FactLink> {
  const rules = new Map<string, FactLink>();
  for (let at = 0; at < promptCount; at++) {
    if (!/^[A-Z][a-z]+:$/.test(tokens[at])) continue;
    const room = tokens[at].slice(0, -1).toLowerCase();
    rules.set(room, fact(room, at + length - 1, partsAt(at, parts)));
  }
  return rules;
}

/** The answer of a text that ends in `</think> Answer : V . <eos>`. */
export function answerRead({ tokens }: LinkedText, from: FactLink): ReadLink {
  return read(tokens.length - 3, "number", from, tokens.length - 5);
}
