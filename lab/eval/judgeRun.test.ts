import { describe, expect, it } from "vitest";
import { drawOrders } from "../../src/problems/orders";
import { drawWalk } from "../../src/problems/walk";
import { judgeRun } from "./judgeRun";

const figures = { promptTokens: 62, tokens: 136, tokensDigest: "", retained: 1, peakSlots: 197, decodeMs: 10 };
const walk = drawWalk({ rooms: 4, steps: 10, tour: null }, 1);

describe("judgeRun", () => {
  const judge = (text: string) => judgeRun(walk, { text, ...figures });

  it("judges a text for its answer and for every word on the way", () => {
    expect(judge(walk.trace)).toMatchObject({ isRight: true, isExact: true, hasAnswer: true, firstWrong: null });
    expect(judge(walk.trace.replace("10 left", "11 left"))).toMatchObject({
      isRight: true,
      isExact: false,
      firstWrong: { step: 0, position: 62, kind: "arithmetic" },
    });
    expect(judge(walk.trace.replace(/Answer : \d+/, "Answer : 58"))).toMatchObject({
      isRight: false,
      hasAnswer: true,
      firstWrong: { step: 10 },
    });
    expect(judge(walk.trace.slice(0, 200))).toMatchObject({ isRight: false, isExact: false, hasAnswer: false });
  });

  it("takes over the figures of the run", () => {
    expect(judge(walk.trace)).toMatchObject({ id: walk.id, ...figures, failure: null });
  });

  it("compares only the whole text for a family that is not ours", () => {
    const riddle = { ...walk, family: "riddle" };
    const judged = judgeRun(riddle, { text: `${walk.trace} again`, ...figures });
    expect(judged).toMatchObject({ isRight: true, isExact: false, firstWrong: null });
    expect(judgeRun(riddle, { text: `  ${walk.trace}\n`, ...figures }).isExact).toBe(true);
  });

  it("judges each order by itself", () => {
    const orders = drawOrders({ orders: 5, task: "walk", rooms: 4, steps: 6 }, 3);
    const kept = judgeRun(orders, { text: orders.trace, ...figures });
    expect(kept.parts).toEqual({ begin: true, end: true, never: true, secret: true, unit: true });
    const first = /Answer : (\w+)/.exec(orders.trace)?.[1] ?? "";
    const broken = judgeRun(orders, { text: orders.trace.replace(`Answer : ${first}`, "Answer : barn"), ...figures });
    expect(broken).toMatchObject({ isRight: true, isExact: false, parts: { begin: false, end: true, unit: true } });
    const none = judgeRun(orders, { text: "6 left :", ...figures });
    expect(Object.values(none.parts ?? {})).toEqual([false, false, false, false, false]);
    expect(judge(walk.trace).parts).toBeUndefined();
  });
});
