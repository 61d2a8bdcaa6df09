// Orders as text, around the text of a walk or a story.
//
//   <bos> Orders : Begin with Hello . Never say result but total . Keep 10 secret . Use euros . End with thanks .
//   Rules : … <think> … </think> Answer : Hello , the total is 14 euros , the start was secret , thanks . <eos>
//
// Without any order: Answer : the result is 14 coins , the start was 10 . <eos>

import { unreachable } from "../lib/errors";
import type { Order, OrderType } from "./orders";

/** What the answer says where no order tells it otherwise. */
export const ordinary = { result: "result", unit: "coins" } as const;

/** `innerPrompt` and `innerTrace`: of the walk or story. */
export function formatOrdersPrompt(orders: readonly Order[], innerPrompt: string): string {
  return `<bos> Orders : ${orders.map(orderText).join(" ")} ${innerPrompt.replace(/^<bos> /, "")}`;
}

export function formatOrdersTrace(
  orders: readonly Order[],
  innerTrace: string,
  { start, result }: { start: number; result: number },
): string {
  const reasoning = innerTrace.slice(0, innerTrace.indexOf("</think>"));
  const begin = orderOf(orders, "begin");
  const end = orderOf(orders, "end");
  const noun = orderOf(orders, "never")?.instead ?? ordinary.result;
  const unit = orderOf(orders, "unit")?.word ?? ordinary.unit;
  const startText = orderOf(orders, "secret")?.number === start ? "secret" : String(start);
  const parts = [
    ...(begin === undefined ? [] : [begin.word]),
    `the ${noun} is ${result} ${unit}`,
    `the start was ${startText}`,
    ...(end === undefined ? [] : [end.word]),
  ];
  return `${reasoning}</think> Answer : ${parts.join(" , ")} . <eos>`;
}

/** The orders at the beginning of a prompt, so that one written by hand can be judged too; null where there are none. */
export function parseOrders(prompt: string): Order[] | null {
  const match = /^<bos> Orders : (.+?) (?:Rules|Facts) :/.exec(prompt.trim().replace(/\s+/g, " "));
  const orders = match?.[1].split(/(?<= \.) /).map(parseOrder);
  return orders?.every((order) => order !== null) ? orders : null;
}

function orderText(order: Order): string {
  switch (order.type) {
    case "begin":
      return `Begin with ${order.word} .`;
    case "end":
      return `End with ${order.word} .`;
    case "never":
      return `Never say ${order.word} but ${order.instead} .`;
    case "secret":
      return `Keep ${order.number} secret .`;
    case "unit":
      return `Use ${order.word} .`;
    default:
      return unreachable(order);
  }
}

function parseOrder(text: string): Order | null {
  const read = (pattern: RegExp): string[] | undefined => pattern.exec(text)?.slice(1);
  const begin = read(/^Begin with (\S+) \.$/);
  if (begin) return { type: "begin", word: begin[0] };
  const end = read(/^End with (\S+) \.$/);
  if (end) return { type: "end", word: end[0] };
  const never = read(/^Never say (\S+) but (\S+) \.$/);
  if (never) return { type: "never", word: never[0], instead: never[1] };
  const secret = read(/^Keep (\d+) secret \.$/);
  if (secret) return { type: "secret", number: Number(secret[0]) };
  const unit = read(/^Use (\S+) \.$/);
  return unit ? { type: "unit", word: unit[0] } : null;
}

function orderOf<Type extends OrderType>(
  orders: readonly Order[],
  type: Type,
): Extract<Order, { type: Type }> | undefined {
  return orders.find((order): order is Extract<Order, { type: Type }> => order.type === type);
}
