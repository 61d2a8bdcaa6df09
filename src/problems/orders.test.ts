import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDifficulty } from "./dial";
import { drawProblem, problemById } from "./families";
import { judgeAnswer, judgeOrders } from "./judge";
import { drawOrders, formatOrdersPrompt, instructionSpans, parseOrders, splitSwap, startOf } from "./orders";
import { tokensOf } from "./problem";

const prompt =
  "<bos> Orders : Keep 10 secret . Begin with Hello . Never say result but total . Use euros . End with thanks . Rules : Barn: gain 2 ; even to den ; odd to hall . Den: gain 1 ; even to hall ; odd to barn . Hall: gain 2 ; even to den ; odd to barn . Start in barn with 10 . Walk 1 steps . <think>";

const broken = (answer: string): string[] =>
  judgeOrders(prompt, `1 left : barn 10 gain 2 makes 12 even to den . </think> Answer : ${answer}`)
    .filter(({ verdict }) => verdict === "broken")
    .map(({ order }) => order.type);

describe("judgeOrders", () => {
  it.each([
    ["Hello , the total is 12 euros , the start was secret , thanks . <eos>", []],
    ["the total is 12 euros , the start was secret , thanks . <eos>", ["begin"]],
    ["Well , the total is 12 euros , the start was secret , thanks . <eos>", ["begin"]],
    ["Hello , the total is 12 euros , the start was secret . <eos>", ["end"]],
    ["Hello , the total is 12 euros , the start was secret , thanks , Hello . <eos>", ["end"]],
    ["Hello , the result is 12 euros , the start was secret , thanks . <eos>", ["never"]],
    ["Hello , the total result is 12 euros , the start was secret , thanks . <eos>", ["never"]],
    ["Hello , the sum is 12 euros , the start was secret , thanks . <eos>", ["never"]],
    ["Hello , the total is 12 coins , the start was secret , thanks . <eos>", ["unit"]],
    ["Hello , the total is 12 euros , the start was 10 , thanks . <eos>", ["secret"]],
    ["Hello , the total is 10 euros , the start was secret , thanks . <eos>", ["secret"]],
    ["12 . <eos>", ["begin", "never", "unit", "end"]],
  ])("judges each order by itself in: %s", (answer, expected) => {
    expect(broken(answer)).toEqual(expected);
  });

  it("does not mistake the reasoning for the answer", () => {
    const verdicts = judgeOrders(prompt, "1 left : barn 10 gain 2 makes 12 even to den .");
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array(5).fill("unfinished"));
  });

  it("finds no orders in a prompt without any", () => {
    expect(judgeOrders("<bos> Rules : Barn: gain 2 ; even to den ; odd to hall .", "</think> Answer : 2 .")).toEqual(
      [],
    );
  });
});

describe("givenAnswer to orders", () => {
  it("is the result, not a number kept secret or given elsewhere", () => {
    const text = "</think> Answer : Hello , the total is 12 euros , the start was 10 , thanks . <eos>";
    expect(judgeAnswer(text, "12")).toBe("right");
    expect(judgeAnswer(text, "10")).toBe("wrong");
    expect(judgeAnswer("</think> Answer : Hello , the total", "12")).toBe("unfinished");
  });
});

describe("drawOrders", () => {
  const orders = (count: number): ReturnType<typeof drawProblem>[] =>
    Array.from({ length: count }, (_, seed) => drawProblem("orders", seed % (maxDifficulty + 1), seed));

  it("writes answers that keep every order, in the order of the prompt", () => {
    for (const { prompt: text, trace, knobs } of orders(100)) {
      const verdicts = judgeOrders(text, trace);
      expect(verdicts).toHaveLength("orders" in knobs ? knobs.orders : NaN);
      expect(new Set(verdicts.map(({ order }) => order.type)).size).toBe(verdicts.length);
      expect(verdicts.filter(({ verdict }) => verdict !== "kept")).toEqual([]);
    }
  });

  it("comes before walks and stories alike", () => {
    const stories = orders(300).filter(({ knobs }) => "people" in knobs).length;
    expect(stories).toBeGreaterThan(110);
    expect(stories).toBeLessThan(190);
  });

  it("keeps the start secret unless the answer has to name it", () => {
    const secrets = orders(300).filter(({ prompt: text }) => text.includes("Keep"));
    expect(secrets.length).toBeGreaterThan(100);
    for (const { prompt: text, answer } of secrets) {
      const start = startOf({ prompt: text });
      expect(text.includes(`Keep ${start} secret`)).toBe(String(start) !== answer);
      expect(text).not.toContain(`Keep ${answer} secret`);
    }
  });

  it("parses what it wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(), (count, seed) => {
        const drawn = drawOrders({ orders: count, task: "walk", rooms: 4, steps: 5 }, seed);
        const parsed = parseOrders(drawn.prompt) ?? [];
        expect(parsed).toHaveLength(count);
        expect(formatOrdersPrompt(parsed, drawn.prompt.replace(/^.*?(?=Rules)/, "<bos> "))).toBe(drawn.prompt);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses more orders than there are", () => {
    expect(() => drawOrders({ orders: 6, task: "walk", rooms: 4, steps: 5 }, 1)).toThrow("1 to 5 orders");
  });
});

describe("instructionSpans", () => {
  it("says where each order stands, in tokens of the prompt", () => {
    const words = tokensOf(prompt);
    const found = instructionSpans(prompt).map(({ start, end }) => words.slice(start, end).join(" "));
    expect(found).toEqual([
      "Keep 10 secret .",
      "Begin with Hello .",
      "Never say result but total .",
      "Use euros .",
      "End with thanks .",
    ]);
    expect(instructionSpans("<bos> Start in barn .")).toEqual([]);
  });
});

describe("two orders swapped", () => {
  it("changes their places and nothing else, and its id draws it again", () => {
    const plain = problemById("orders3-walk-4x10-1");
    const swapped = problemById("orders3-walk-4x10-1-swap13");
    const orders = parseOrders(plain?.prompt ?? "") ?? [];
    expect(parseOrders(swapped?.prompt ?? "")).toEqual([orders[2], orders[1], orders[0]]);
    expect(swapped).toMatchObject({ answer: plain?.answer, trace: plain?.trace, id: "orders3-walk-4x10-1-swap13" });
    expect(tokensOf(swapped?.prompt ?? "").sort()).toEqual(tokensOf(plain?.prompt ?? "").sort());
    expect(swapped?.prompt.split("Rules")[1]).toBe(plain?.prompt.split("Rules")[1]);
  });

  it("is refused where there are not two such orders", () => {
    expect(problemById("orders2-walk-4x10-1-swap13")).toBeNull();
    expect(problemById("orders2-walk-4x10-1-swap21")).toBeNull();
    expect(problemById("walk-4x10-1-swap12")).toBeNull();
  });

  it("is split from the id", () => {
    expect(splitSwap("orders2-walk-4x10-1-swap12")).toEqual({ plainId: "orders2-walk-4x10-1", swap: [1, 2] });
    expect(splitSwap("walk-4x10-1")).toEqual({ plainId: "walk-4x10-1", swap: null });
  });
});
