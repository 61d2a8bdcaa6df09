// What each word of the reasoning cannot be written without: a fact that stands elsewhere (factLinks.ts), or else words of
// the same sentence or the one before it. Where a run writes a wrong word, this says what it should have read.

import { linkedText, type FactLink, type LinkedText, type ReadLink } from "./linkedText";
import { problemLinks } from "./factLinks";
import type { Problem } from "./problem";
import type { TraceRole } from "./traceRoles";
import { traceRoles } from "./traceRoles";

/** What sort of thing is needed. The first line names facts, the second words near by. */
export type NeedKind =
  | ("rule" | "note" | "statement" | "planned" | "solved" | "order" | "start" | "result")
  | ("countBefore" | "roomBefore" | "numberBefore" | "operand");

/** Positions count tokens from the prompt's first. */
export interface Need {
  readonly kind: NeedKind;
  /** Which room, person or order it is about; null where the kind says it all. */
  readonly owner: string | null;
  /** The word itself. */
  readonly source: number;
  /** The full stop that closes the fact, where a model can gather all of it; null for a word near by. */
  readonly summary: number | null;
}

/** What each word of the reference trace needs; nothing for a word of mere form. [word, from the first after the prompt] */
export function neededWords(problem: Problem): readonly (readonly Need[])[] {
  const text = linkedText(problem);
  const roles = traceRoles(problem);
  const links = problemLinks(problem);
  const facts = new Map(links.filter((link) => link.type === "fact").map((fact) => [fact.summary, fact]));
  const needs: Need[][] = roles.map(() => []);
  for (const link of links) {
    const fact = link.type === "read" ? facts.get(link.fact) : undefined;
    if (link.type === "read" && fact !== undefined) needs[link.position - text.promptCount].push(factNeed(fact, link));
  }
  const near = nearNeeds(text, roles);
  return needs.map((ofFacts, word) => (ofFacts.length > 0 ? ofFacts : near[word]));
}

function factNeed(fact: FactLink, { role, source }: ReadLink): Need {
  const kind = factKind(fact, role);
  const owner = fact.name.replace(/^plan /, "").replace(/'s$/, "");
  return { kind, owner: kind === "result" || kind === "start" ? null : owner, source, summary: fact.summary };
}

function factKind({ name, parts }: FactLink, role: string): NeedKind {
  if (name === "result" || (role === "number" && "note" in parts)) return "result";
  if (name === "Start") return "start";
  if ("verb" in parts) return "rule";
  if ("note" in parts) return "note";
  if ("direction" in parts) return "statement";
  if ("person" in parts) return "number" in parts ? "solved" : "planned";
  return "order";
}

/** Words near by: what a sentence takes from the one before it, and what it calculates with. [word] */
function nearNeeds({ tokens, promptCount }: LinkedText, roles: readonly TraceRole[]): Need[][] {
  const started = startWords(tokens.slice(0, promptCount));
  const need = (kind: NeedKind, source: number | undefined): Need[] =>
    source === undefined ? [] : [{ kind, owner: null, source, summary: null }];
  let before = new Map<TraceRole, number>();
  let own = new Map<TraceRole, number>();
  return roles.map((role, word) => {
    const position = promptCount + word;
    const operands = (...names: readonly TraceRole[]) => names.flatMap((name) => need("operand", own.get(name)));
    const needed = (): Need[] => {
      switch (role) {
        case "count":
          return need("countBefore", before.get("count") ?? started.count);
        case "room":
          return own.has("room") ? operands("room") : need("roomBefore", before.get("target") ?? started.room);
        case "number":
          if (own.has("sum")) return operands("sum");
          return need("numberBefore", before.get("sum") ?? started.number);
        case "sum":
          return operands("number", "verb", "amount", "direction");
        case "branch":
          return operands("sum", "note");
        default:
          return [];
      }
    };
    const needs = needed();
    if (!own.has(role)) own.set(role, position);
    if (tokens[position] === ".") {
      before = own;
      own = new Map();
    }
    return needs;
  });
}

/** Start in cellar with 10 . Walk 4 steps . */
function startWords(prompt: readonly string[]): Partial<Record<"room" | "number" | "count", number>> {
  const start = prompt.lastIndexOf("Start");
  const walk = prompt.lastIndexOf("Walk");
  return start < 0 || walk < 0 ? {} : { room: start + 2, number: start + 4, count: walk + 1 };
}
