// How far a preset is from coming out otherwise: backends that round differently must still tell the same story.

import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import type { StepRecord, Trace } from "../../src/trace/trace";
import { firstWrongStep } from "./findLoss";

/**
 * The closest of a lane's choices that the claim hangs on, as a difference of log-probabilities: every one up to the
 * first wrong word, and there the lead of that word over the right one.
 */
export function laneLead(problem: Problem, trace: Trace): number {
  const wrongStep = firstWrongStep(problem, trace) ?? trace.steps.length;
  const leads = trace.steps.slice(0, wrongStep).map(leadOverNext);
  const wrong = trace.steps[wrongStep];
  if (wrong !== undefined) leads.push(leadOver(wrong, tokensOf(problem.trace)[wrongStep]));
  return Math.min(...leads);
}

function leadOverNext({ token, logProbability, candidateTokens, candidateLogProbabilities }: StepRecord): number {
  const next = candidateTokens.findIndex((candidate) => candidate !== token);
  return next < 0 ? Infinity : logProbability - candidateLogProbabilities[next];
}

/** At least: a word that is not among the candidates is less probable than all of them. */
function leadOver(step: StepRecord, word: string | undefined): number {
  const place = step.candidateTexts.findIndex((text) => text.trim() === word);
  return step.logProbability - (step.candidateLogProbabilities.at(place < 0 ? -1 : place) ?? -Infinity);
}
