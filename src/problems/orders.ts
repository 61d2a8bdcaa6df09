// Orders: two to five instructions, then a walk or a story, then an answer in which each instruction can be seen to be
// kept or broken by itself. All of the reasoning lies between an order and its use.
//
//   <bos> Orders : Begin with Hello . Never say result but total . Keep 10 secret . Use euros . End with thanks .
//   Rules : … <think> … </think> Answer : Hello , the total is 14 euros , the start was secret , thanks . <eos>
//
// Without any order: Answer : the result is 14 coins , the start was 10 . <eos>

import { assert, unreachable } from "../lib/errors";
import type { RandomStream } from "../lib/random";
import { hashWords, randomStream } from "../lib/random";
import type { Span } from "../lib/spans";
import type { Dial } from "./dial";
import { drawKnobs } from "./dial";
import type { OrdersKnobs, OrdersProblem, StoryProblem, WalkProblem } from "./problem";
import { tokensOf } from "./problem";
import { drawStory, storyDial } from "./story";
import { drawWalk, maxValue, walkDial } from "./walk";

export type Order =
  | { readonly type: "begin"; readonly word: string }
  | { readonly type: "end"; readonly word: string }
  | { readonly type: "never"; readonly word: string; readonly instead: string }
  /** Concerns only the answer: the reasoning may name the number. */
  | { readonly type: "secret"; readonly number: number }
  | { readonly type: "unit"; readonly word: string };

type OrderType = Order["type"];

const orderTypes: readonly OrderType[] = ["begin", "end", "never", "secret", "unit"];
const beginWords = ["Hello", "Well", "Indeed", "Listen", "Friend"];
const endWords = ["thanks", "goodbye", "cheers", "farewell", "amen"];
const resultWords = ["total", "value", "sum", "amount"];
const unitWords = ["euros", "dollars", "pounds", "francs"];

/**
 * How many orders; the task is a walk (0) or a story (1) of the same difficulty. They add 9 to 23 tokens to the prompt and
 * 9 to 13 to the answer: 273 to 648 tokens in all at full difficulty.
 */
const ordersDial: Dial<"orders" | "isStory"> = [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5].map((most) => ({
  orders: [2, most],
  isStory: [0, 1],
}));

const orderStream = 0x6f726472;

/** The knobs drawn from a seed at a stop of the dial. */
export function drawOrdersKnobs(difficulty: number, seed: number): OrdersKnobs {
  const { orders, isStory } = drawKnobs(ordersDial, difficulty, hashWords(seed, orderStream));
  if (isStory === 1) return { orders, task: "story", ...drawKnobs(storyDial, difficulty, seed) };
  return { orders, task: "walk", ...drawKnobs(walkDial, difficulty, seed) };
}

/** Draws orders, and the walk or story of the same seed; same seed and knobs, same problem. */
export function drawOrders(knobs: OrdersKnobs, seed: number): OrdersProblem {
  assert(knobs.orders >= 1 && knobs.orders <= orderTypes.length, `there are 1 to ${orderTypes.length} orders`);
  const inner = drawInner(knobs, seed);
  const start = startOf(inner);
  const result = Number(inner.answer);
  const stream = randomStream(hashWords(seed, orderStream));
  const types = stream.shuffle(orderTypes).slice(0, knobs.orders);
  const orders = types.map((type) => drawOrder(type, { start, result }, stream));
  const size = knobs.task === "walk" ? `${knobs.rooms}x${knobs.steps}` : `${knobs.people}x${knobs.distractors}`;
  return {
    id: `orders${knobs.orders}-${knobs.task}-${size}-${seed}`,
    family: "orders",
    knobs,
    difficulty: inner.difficulty,
    prompt: formatOrdersPrompt(orders, inner.prompt),
    answer: inner.answer,
    trace: formatOrdersTrace(orders, inner.trace, { start, result }),
  };
}

function drawInner(knobs: OrdersKnobs, seed: number): WalkProblem | StoryProblem {
  if (knobs.task === "story") return drawStory({ people: knobs.people, distractors: knobs.distractors }, seed);
  return drawWalk({ rooms: knobs.rooms, steps: knobs.steps, tour: null }, seed);
}

/** The number that a walk starts with, or the total that a story states. */
export function startOf({ prompt }: Pick<WalkProblem | StoryProblem, "prompt">): number {
  const match = /Start in \w+ with (\d+) \.|(\d+) coins in total/.exec(prompt);
  assert(match !== null, "a walk or a story names the number that it starts with");
  return Number(match[1] ?? match[2]);
}

function drawOrder(type: OrderType, said: { start: number; result: number }, stream: RandomStream): Order {
  switch (type) {
    case "begin":
      return { type, word: stream.pick(beginWords) };
    case "end":
      return { type, word: stream.pick(endWords) };
    case "never":
      return { type, word: ordinary.result, instead: stream.pick(resultWords) };
    case "unit":
      return { type, word: stream.pick(unitWords) };
    case "secret":
      return { type, number: drawSecret(said, stream) };
    default:
      return unreachable(type);
  }
}

/** The start, which the answer would name. If the start is also the result, which the answer must name, another number. */
function drawSecret({ start, result }: { start: number; result: number }, stream: RandomStream): number {
  if (start !== result) return start;
  const others = Array.from({ length: maxValue + 1 }, (_, number) => number);
  return stream.pick(others.filter((number) => number !== result));
}

/** What the answer says unless an order changes it. */
const ordinary = { result: "result", unit: "coins" } as const;

/** `innerPrompt` and `innerTrace`: of the walk or story. */
export function formatOrdersPrompt(orders: readonly Order[], innerPrompt: string): string {
  return `<bos> Orders : ${orders.map(orderText).join(" ")} ${innerPrompt.replace(/^<bos> /, "")}`;
}

function formatOrdersTrace(
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

/** The orders at the beginning of a prompt, so that a handwritten one can be judged too; null if there are none. */
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

/** An order of a prompt, and its tokens there. */
export interface Instruction extends Span {
  readonly order: Order;
  readonly text: string;
}

/** Where each order stands in a prompt, in its order; none in a prompt without orders. One word is one token. */
export function instructionSpans(prompt: string): Instruction[] {
  let start = tokensOf("<bos> Orders :").length;
  return (parseOrders(prompt) ?? []).map((order) => {
    const text = orderText(order);
    const end = start + tokensOf(text).length;
    const instruction = { order, text, start, end };
    start = end;
    return instruction;
  });
}

/** Two orders of a problem, by their places from 1, `first` < `second`. */
export type OrderSwap = readonly [first: number, second: number];

/** The same problem with two of its orders in each other's place: nothing else changes, its answer included. */
export function withOrdersSwapped(problem: OrdersProblem, [first, second]: OrderSwap): OrdersProblem {
  const orders = parseOrders(problem.prompt);
  assert(orders !== null && first >= 1 && first < second && second <= orders.length, "both orders are in the prompt");
  const swapped = orders.map((order, place) => {
    if (place === first - 1) return orders[second - 1];
    return place === second - 1 ? orders[first - 1] : order;
  });
  const inner = problem.prompt.slice(formatOrdersPrompt(orders, "").length);
  return { ...problem, id: `${problem.id}-swap${first}${second}`, prompt: formatOrdersPrompt(swapped, inner) };
}

/** The problem that an id names before its swap, and the swap. */
export function splitSwap(id: string): { readonly plainId: string; readonly swap: OrderSwap | null } {
  const match = /^(orders\d.*)-swap([1-5])([1-5])$/.exec(id);
  if (match === null) return { plainId: id, swap: null };
  return { plainId: match[1], swap: [Number(match[2]), Number(match[3])] };
}

function orderOf<Type extends OrderType>(
  orders: readonly Order[],
  type: Type,
): Extract<Order, { type: Type }> | undefined {
  return orders.find((order): order is Extract<Order, { type: Type }> => order.type === type);
}
