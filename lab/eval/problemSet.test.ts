import { expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { drawWalk } from "../../src/problems/walk";
import { parseEvalProblems } from "./problemSet";

const problem = drawWalk({ rooms: 4, steps: 10, tour: null }, 1);

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
