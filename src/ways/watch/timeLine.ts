// The time line of Watch: its words and marks. Pure.
import type { RunVerdict } from "../../panels/header/verdict";
import { clockWords } from "../../words/en/watch";

/** Words on the time line: those that there are, or those expected of a run that still grows. */
export function lineLength(stepCount: number, isOver: boolean, expectedSteps: number | null): number {
  return isOver || expectedSteps === null ? stepCount : Math.max(stepCount, expectedSteps);
}

export interface AnswerWords {
  readonly answer: string;
  readonly mark: "✓" | "✗";
  readonly verdict: string;
  readonly tone: "right" | "wrong";
}

/** Null while the answer is open or nobody knows the right one. */
export function answerWords(verdict: RunVerdict): AnswerWords | null {
  if (verdict.type === "unknown" || verdict.type === "open") return null;
  const answer = verdict.given === null ? clockWords.noAnswer : clockWords.answer(verdict.given);
  return verdict.type === "right"
    ? { answer, mark: "✓", verdict: clockWords.right, tone: "right" }
    : { answer, mark: "✗", verdict: clockWords.wrong, tone: "wrong" };
}
