// The steps that generate the answer: the tokens of the number that the answer verdict reads. Pure.
import { answerPlace } from "../../problems/judge";
import type { StepRange } from "../../state/timeAxis";
import { generatedText } from "../../trace/figures";
import type { Trace } from "../../trace/trace";

interface AnswerSteps extends StepRange {
  readonly text: string;
}

/** Null if the right answer is unknown, or the first `stepCount` steps give none. */
export function answerSteps(trace: Trace, stepCount: number): AnswerSteps | null {
  if (trace.header.expectedAnswer === null) return null;
  const text = generatedText(trace, stepCount - 1);
  const place = answerPlace(text);
  if (place === null) return null;
  let end = 0;
  let from = -1;
  for (let step = 0; step < stepCount; step++) {
    end += trace.steps[step].text.length;
    if (from < 0 && end > place.start) from = step;
    if (end >= place.end) return { from, to: step, text: text.slice(place.start, place.end) };
  }
  return null;
}
