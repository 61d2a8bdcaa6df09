import { expect, it } from "vitest";
import { answerWords, lineLength } from "./timeLine";

const open = { type: "open", expected: "38", given: null, isExact: false, mistake: null, orders: [] } as const;

it("is as long as the run, or as what is expected of one that grows", () => {
  expect(lineLength(266, true, 300)).toBe(266);
  expect(lineLength(20, false, 266)).toBe(266);
  expect(lineLength(280, false, 266)).toBe(280);
  expect(lineLength(20, false, null)).toBe(20);
});

it("tells the answer in words as well as by a mark", () => {
  expect(answerWords(open)).toBeNull();
  expect(answerWords({ type: "unknown" })).toBeNull();
  expect(answerWords({ ...open, type: "right", given: "38" })).toMatchObject({ answer: "answer 38", verdict: "right" });
  expect(answerWords({ ...open, type: "wrong", given: "30" })).toMatchObject({ mark: "✗", verdict: "wrong" });
  expect(answerWords({ ...open, type: "wrong" })?.answer).toBe("no answer");
});
