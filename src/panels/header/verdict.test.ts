import { describe, expect, it } from "vitest";
import { problemById } from "../../problems/families";
import type { Problem } from "../../problems/problem";
import { tokensOf } from "../../problems/problem";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { runVerdict, type RunVerdict } from "./verdict";

const walk = drawn("walk-4x10-1");
const orders = drawn("orders3-story-7x2-2");

describe("the verdict on a run", () => {
  it.each(["walk-4x10-1", "diary-4x10-1", "story-4x1-1", "orders3-story-7x2-2"])("is right and exact for %s", (id) => {
    const problem = drawn(id);
    const verdict = judge(problem, problem.trace);
    expect(verdict).toMatchObject({ type: "right", given: problem.answer, isExact: true, mistake: null });
  });

  it("is open as long as the run has more to say", () => {
    const half = tokensOf(walk.trace).slice(0, 40).join(" ");
    expect(judge(walk, half, false)).toMatchObject({ type: "open", isExact: false, mistake: null });
    expect(judge(walk, half)).toMatchObject({
      type: "wrong",
      given: null,
      mistake: { text: "cut off in sentence 4, right so far", position: null },
    });
  });

  it.each([
    ["misreads a rule", "studio 25 lose 9", "first mistake in sentence 2: misread rule or fact, “9” for “4”", 19],
    ["misreads a value", "studio 15", "first mistake in sentence 2: misread value, “15” for “25”", 17],
    ["adds wrong", "studio 25 lose 4 makes 20", "first mistake in sentence 2: wrong arithmetic, “20” for “21”", 21],
    ["loses the form", "studio barn", "first mistake in sentence 2: broken form, “barn” for “25”", 17],
  ])("names the first mistake of one that %s, with its token", (_, wrong, text, place) => {
    const words = tokensOf(walk.trace.slice(0, walk.trace.indexOf("studio 25")) + wrong);
    expect(judge(walk, words.join(" "), false)).toMatchObject({
      type: "open",
      mistake: { text, position: tokensOf(walk.prompt).length + place },
    });
  });

  it("judges every order by itself", () => {
    const broken = orders.trace.replace("farewell", "goodbye");
    expect(marks(judge(orders, broken))).toEqual([
      "amount, not result: kept",
      "end with farewell: broken",
      "keep 19 secret: kept",
    ]);
  });

  it("leaves orders open until there is an answer, and counts them as broken if none comes", () => {
    const half = orders.trace.slice(0, orders.trace.indexOf("</think>"));
    expect(marks(judge(orders, half, false))[0]).toBe("amount, not result: open");
    expect(marks(judge(orders, half))[0]).toBe("amount, not result: broken");
  });

  it("judges the answer alone if the run was asked something else", () => {
    const { trace } = written(walk, "</think> Answer : 7 . <eos>");
    expect(runVerdict({ trace, step: 5, isEnd: true }, orders)).toMatchObject({ given: "7", mistake: null });
  });

  it("is unknown if nobody knows the answer", () => {
    const trace = drawTrace({ prompt: "The cat", windowSlots: 1 }, "sat");
    expect(runVerdict({ trace, step: 0, isEnd: true }, null)).toEqual({ type: "unknown" });
  });
});

function judge(problem: Problem, text: string, isEnd = true): RunVerdict {
  const { trace, step } = written(problem, text);
  return runVerdict({ trace, step, isEnd }, problem);
}

function marks(verdict: RunVerdict): readonly string[] {
  if (verdict.type === "unknown") throw new Error("the answer is known");
  return verdict.orders.map((order) => `${order.text}: ${order.verdict}`);
}

/** A run that was asked the problem and wrote the text. */
function written(problem: Problem, text: string): { trace: Trace; step: number } {
  const { header, steps } = drawTrace({ prompt: "The", windowSlots: 1 }, "cat");
  const words = tokensOf(text);
  const trace: Trace = {
    header: {
      ...header,
      promptText: problem.prompt,
      promptTokens: new Int32Array(tokensOf(problem.prompt).length),
      expectedAnswer: problem.answer,
    },
    steps: words.map((word) => ({ ...steps[0], text: ` ${word}` })),
    events: [],
    end: null,
  };
  return { trace, step: words.length - 1 };
}

function drawn(id: string): Problem {
  const problem = problemById(id);
  if (problem === null) throw new Error(`${id} names no problem`);
  return problem;
}
