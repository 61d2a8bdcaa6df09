import { expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { drawWalk } from "../problems/walk";
import { parseEvalProblems } from "./evalProblem";
import { judgeRun } from "./judgeRun";

const problem = drawWalk({ rooms: 4, steps: 10, tour: null }, 1);
const figures = { promptTokens: 62, tokens: 136, retained: 1, peakSlots: 197, decodeMs: 10 };

it("reads what was written, blank lines apart", () => {
  expect(parseEvalProblems(`${JSON.stringify(problem)}\n\n${JSON.stringify(problem)}\n`, "f.jsonl")).toEqual([
    problem,
    problem,
  ]);
  const withNumber = JSON.stringify({ ...problem, answer: 17 });
  expect(parseEvalProblems(withNumber, "f.jsonl")[0].answer).toBe("17");
});

it.each([
  ["", "f.jsonl holds no problem"],
  ["{}", 'f.jsonl, line 1: expected a text in "id"'],
  [`${JSON.stringify(problem)}\nnot json`, "f.jsonl, line 2: expected JSON"],
  [JSON.stringify({ ...problem, trace: undefined }), 'expected a text in "trace"'],
])("refuses %j", (text, message) => {
  expect(() => parseEvalProblems(text, "f.jsonl")).toThrow(InputError);
  expect(() => parseEvalProblems(text, "f.jsonl")).toThrow(message);
});

it("judges a text for its answer and for every word on the way", () => {
  const judge = (text: string) => judgeRun(problem, { text, ...figures });
  expect(judge(problem.trace)).toMatchObject({ isRight: true, isExact: true, hasAnswer: true, peakSlots: 197 });
  expect(judge(problem.trace.replace("10 left", "11 left"))).toMatchObject({ isRight: true, isExact: false });
  expect(judge(problem.trace.replace(/Answer : \d+/, "Answer : 58"))).toMatchObject({
    isRight: false,
    hasAnswer: true,
  });
  expect(judge(problem.trace.slice(0, 200))).toMatchObject({ isRight: false, isExact: false, hasAnswer: false });
});
