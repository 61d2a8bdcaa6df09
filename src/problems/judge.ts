// Whether a text that a model generated answers its problem.

export type Verdict = "right" | "wrong" | "unfinished";

/** The answer is the number after the first `Answer :`; a text without one is unfinished. */
export function judgeAnswer(generatedText: string, expectedAnswer: string): Verdict {
  const match = /\bAnswer\s*:\s*(-?\d+)/.exec(generatedText);
  if (!match) return "unfinished";
  return Number(match[1]) === Number(expectedAnswer) ? "right" : "wrong";
}
