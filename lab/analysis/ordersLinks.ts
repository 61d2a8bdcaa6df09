// Facts of orders: each order and what the walk or story starts with, all read in the answer only; the rest is the task's.

import type { FactLink, Link, LinkedText, ReadLink } from "./links";
import { fact, factNamed, read } from "./linkTools";
import { storyReasoningLinks } from "./storyLinks";
import { walkReasoningLinks } from "./walkLinks";

/** Per order: where its parts stand after its first word, and its length. */
const orderShapes: Readonly<Record<string, { parts: Readonly<Record<string, number>>; length: number }>> = {
  Begin: { parts: { header: 0, word: 2 }, length: 4 },
  End: { parts: { header: 0, word: 2 }, length: 4 },
  Never: { parts: { header: 0, forbidden: 2, instead: 4 }, length: 6 },
  Keep: { parts: { header: 0, number: 1, secret: 2 }, length: 4 },
  Use: { parts: { header: 0, word: 1 }, length: 3 },
  // The walk's own sentence: Start in room with V .
  Start: { parts: { header: 0, room: 2, number: 4 }, length: 6 },
};

export function ordersLinks(text: LinkedText): Link[] {
  const { tokens, promptCount } = text;
  const isWalk = tokens.slice(0, promptCount).includes("Rules");
  const { facts, reads, result } = isWalk ? walkReasoningLinks(text) : storyReasoningLinks(text);
  const orders = orderFacts(text);
  return [
    ...orders.values(),
    ...facts,
    ...reads,
    ...answerReads(text, orders, { result, start: startFact(text, facts) }),
  ];
}

function orderFacts({ tokens, promptCount }: LinkedText): Map<string, FactLink> {
  const orders = new Map<string, FactLink>();
  for (let at = 0; at < promptCount; at++) {
    if (!(tokens[at] in orderShapes)) continue;
    const { parts, length } = orderShapes[tokens[at]];
    const positions = Object.entries(parts).map(([role, offset]) => [role, at + offset] as const);
    orders.set(tokens[at], fact(tokens[at], at + length - 1, Object.fromEntries(positions)));
  }
  return orders;
}

/** The story's fact that tells a total; a walk's start is among the orders' facts. */
function startFact({ tokens }: LinkedText, facts: readonly FactLink[]): FactLink | undefined {
  return facts.find(({ parts }) => parts.reference !== undefined && tokens[parts.reference] === "total");
}

/** Answer : Hello , the total is 14 euros , the start was secret , thanks . — each read follows from the word before it. */
function answerReads(
  { tokens }: LinkedText,
  orders: ReadonlyMap<string, FactLink>,
  { result, start }: { result: FactLink; start: FactLink | undefined },
): ReadLink[] {
  const reads: ReadLink[] = [];
  const readOrder = (position: number, name: string, role: string): void => {
    const order = orders.get(name);
    if (order !== undefined) reads.push(read(position, role, order, position - 1));
  };
  const answer = tokens.lastIndexOf("Answer");
  const is = tokens.indexOf("is", answer);
  const was = tokens.indexOf("was", answer);
  readOrder(answer + 2, "Begin", "word");
  readOrder(is - 1, "Never", "instead");
  reads.push(read(is + 1, "number", result, is));
  readOrder(is + 2, "Use", "word");
  if (tokens[was + 1] === "secret") readOrder(was + 1, "Keep", "secret");
  else if (start !== undefined) reads.push(read(was + 1, "amount", start, was));
  else reads.push(read(was + 1, "number", factNamed(orders, "Start"), was));
  readOrder(tokens.length - 3, "End", "word");
  return reads;
}
