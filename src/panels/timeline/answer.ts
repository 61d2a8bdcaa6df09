// The steps that generate the answer: the tokens of the number that the answer verdict reads; where none is expected, as on a
// real model, whatever follows the thinking. Pure.
import { answerPlace } from "../../problems/judge";
import type { StepRange } from "../../state/timeAxis";
import { generatedText } from "../../trace/figures";
import type { Trace } from "../../trace/trace";

interface AnswerSteps extends StepRange {
  /** Empty for an answer that nobody reads. */
  readonly text: string;
}

/** Null if the first `stepCount` steps give no answer. */
export function answerSteps(trace: Trace, stepCount: number): AnswerSteps | null {
  if (trace.header.expectedAnswer === null) return behindThinking(trace, stepCount);
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

const END_OF_THINKING = "</think>";

/** Null while a model thinks, and for one that does not. */
function behindThinking(trace: Trace, stepCount: number): AnswerSteps | null {
  let tail = "";
  for (let step = 0; step < stepCount - 1; step++) {
    // Some tokenizers write the mark in several tokens.
    tail = (tail + trace.steps[step].text).slice(-2 * END_OF_THINKING.length);
    if (tail.includes(END_OF_THINKING)) return { from: step + 1, to: stepCount - 1, text: "" };
  }
  return null;
}
