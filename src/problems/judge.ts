// Whether a text that a model generated answers its problem.

export type Verdict = "right" | "wrong" | "unfinished";

/**
 * Where the answer stands: the number after the first `Answer :`, or in the answer to orders (Answer : Hello , the total
 * is 14 …) the one after `is`; null while there is none. `end` is the place behind it.
 */
export function answerPlace(generatedText: string): { readonly start: number; readonly end: number } | null {
  const place = /\bAnswer\s*:\s*(?:[^.]*?\sis\s+)?(-?\d+)/d.exec(generatedText)?.indices?.[1];
  return place === undefined ? null : { start: place[0], end: place[1] };
}

export function givenAnswer(generatedText: string): string | null {
  const place = answerPlace(generatedText);
  return place === null ? null : generatedText.slice(place.start, place.end);
}

/** A text without an answer is unfinished. */
export function judgeAnswer(generatedText: string, expectedAnswer: string): Verdict {
  const given = givenAnswer(generatedText);
  if (given === null) return "unfinished";
  return Number(given) === Number(expectedAnswer) ? "right" : "wrong";
}
