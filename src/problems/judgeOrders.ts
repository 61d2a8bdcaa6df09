// Whether each order was kept, judged by the answer alone and each order by itself.

import { unreachable } from "../lib/errors";
import type { Order } from "./orders";
import { parseOrders } from "./orders";
import { tokensOf } from "./problem";

export interface OrderVerdict {
  readonly order: Order;
  /** `unfinished`: no answer was given. */
  readonly verdict: "kept" | "broken" | "unfinished";
}

/** One verdict per order of the prompt, in its order; none where the prompt gives no orders. */
export function judgeOrders(prompt: string, generatedText: string): OrderVerdict[] {
  const words = answerWords(generatedText);
  return (parseOrders(prompt) ?? []).map((order) => ({
    order,
    verdict: words === null ? "unfinished" : isKept(order, words) ? "kept" : "broken",
  }));
}

/** The words between `Answer :` and the full stop, or null where there is no such sentence. */
function answerWords(generatedText: string): string[] | null {
  const match = /(?:^|\s)Answer\s+:\s(.*?)\s\.(?:\s|$)/s.exec(generatedText);
  return match === null ? null : tokensOf(match[1]);
}

function isKept(order: Order, words: readonly string[]): boolean {
  switch (order.type) {
    case "begin":
      return words[0] === order.word;
    case "end":
      return words[words.length - 1] === order.word;
    case "never":
      return !words.includes(order.word) && words.includes(order.instead);
    case "secret":
      return !words.includes(String(order.number));
    case "unit":
      return words[words.indexOf("is") + 2] === order.word && words.includes("is");
    default:
      return unreachable(order);
  }
}
