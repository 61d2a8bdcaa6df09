import { expect, it } from "vitest";
import { rougeL } from "./rougeL";

it.each([
  ["Answer in French.", "answer, in french", 1],
  ["Answer in French.", "the weather is fine", 0],
  ["one two three four", "four three two one", 0.25],
  ["a b a b a b", "b a b a", 4 / 6],
  ["secret", "", 0],
  ["", "anything", 0],
])("gives the share of “%s” that stands in “%s”, in order", (target, response, recall) => {
  expect(rougeL(target, response).recall).toBe(recall);
});

it("takes words by their stems where there is a stemmer", () => {
  const stem = (word: string) => word.replace(/(ing|s)$/, "");
  expect(rougeL("cooking politely", "cooks, politely", stem).common).toBe(2);
});
