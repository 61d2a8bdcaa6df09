// Test pictures of results: one letter per problem, as in a table's outcomes.

import { unreachable } from "../lib/errors";
import type { ProblemResult } from "./results";
import { failedResult } from "./results";

type Letter = "e" | "r" | "w" | "u" | "f";

/** "eew" = two exact, one wrong; ids p0, p1, … */
export function drawResults(letters: string): ProblemResult[] {
  return Array.from(letters, (letter, index) => drawResult(letter as Letter, `p${index}`));
}

function drawResult(letter: Letter, id: string): ProblemResult {
  const ran = {
    id,
    firstWrong: null,
    promptTokens: 40,
    tokens: 101,
    tokensDigest: "0123456789abcdef",
    retained: 0.25,
    peakSlots: 93,
    decodeMs: 200,
  };
  const wrong = {
    ...ran,
    isRight: false,
    isExact: false,
    failure: null,
    firstWrong: { step: 3, position: 85, kind: "rule" },
  };
  switch (letter) {
    case "e":
      return { ...ran, isRight: true, isExact: true, hasAnswer: true, failure: null };
    case "r":
      return { ...wrong, isRight: true, hasAnswer: true };
    case "w":
      return { ...wrong, hasAnswer: true };
    case "u":
      return { ...wrong, hasAnswer: false };
    case "f":
      return failedResult(id, "it does not fit");
    default:
      return unreachable(letter);
  }
}
