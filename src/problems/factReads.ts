// The words of a problem's reference trace that are read from a fact, each with the slots in which that fact stands.

import { problemLinks } from "./factLinks";
import { linkedText } from "./linkedText";
import type { Problem } from "./problem";

/** Positions count tokens from the prompt's first. */
export interface FactRead {
  /** Of the word that is read; it is predicted one position earlier. */
  readonly position: number;
  readonly word: string;
  /** What the fact is about: a room, a person, an order. */
  readonly name: string;
  /** Where the word itself stands in the fact. */
  readonly source: number;
  /** The full stop that closes the fact (or its only word), where a model can gather all of it. */
  readonly summary: number;
  /** The fact stands from here to here, both included. */
  readonly first: number;
  readonly last: number;
}

/** In the order of the text. */
export function factReads(problem: Problem): readonly FactRead[] {
  const links = problemLinks(problem);
  const { tokens } = linkedText(problem);
  const facts = new Map(links.filter((link) => link.type === "fact").map((fact) => [fact.summary, fact]));
  const reads = links.flatMap((link) => {
    const fact = link.type === "read" ? facts.get(link.fact) : undefined;
    if (link.type !== "read" || fact === undefined) return [];
    const places = [fact.summary, ...Object.values(fact.parts)];
    const { position, source } = link;
    const [first, last] = [Math.min(...places), Math.max(...places)];
    return [{ position, word: tokens[position], name: fact.name, source, summary: fact.summary, first, last }];
  });
  return reads.sort((left, right) => left.position - right.position);
}
