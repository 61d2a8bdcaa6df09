// Whether a text that a model generated answers its problem.

export type Verdict = "right" | "wrong" | "unfinished";

/**
 * The number after the first `Answer :`, or in the answer to orders (Answer : Hello , the total is 14 …) the one after
 * `is`; null while there is none.
 */
export function givenAnswer(generatedText: string): string | null {
  return /\bAnswer\s*:\s*(?:[^.]*?\sis\s+)?(-?\d+)/.exec(generatedText)?.[1] ?? null;
}

/** A text without an answer is unfinished. */
export function judgeAnswer(generatedText: string, expectedAnswer: string): Verdict {
  const given = givenAnswer(generatedText);
  if (given === null) return "unfinished";
  return Number(given) === Number(expectedAnswer) ? "right" : "wrong";
}
