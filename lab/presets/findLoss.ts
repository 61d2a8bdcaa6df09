// What the wrong lane lacked: the fact that its first wrong word is read from, and the head that reads it. That head is
// found in a lane that still holds the fact: it is the one that pays most attention to it when the word is due. The wrong lane
// has evicted it there; or it has merged others into its slot, and no longer looks at it.

import type { FactLink, ReadLink } from "../../src/problems/linkedText";
import { problemLinks } from "../../src/problems/factLinks";
import { headRow, kvHeadOf, layerOf } from "../../src/cache/headRows";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import type { PresetLoss } from "../../src/settings/presets";
import { carriedBy } from "../../src/trace/carried";
import { cacheSeenByStep, positionToSlot } from "../../src/trace/replay";
import type { Trace, StepRecord } from "../../src/trace/trace";
import { NEVER, traceIndex } from "../../src/trace/traceIndex";
import { factWords } from "./sentences";

/** A head that pays less attention than this to the fact does not count as reading it. */
const LEAST_ATTENTION = 0.3;

/** Where others are merged into the fact, a head that pays it more than this in % has not lost sight of it. */
const MOST_BLURRED_PERCENT = 10;

export type LossCause = "eviction" | "merging";

interface Reading {
  readonly head: number;
  readonly position: number;
  /** 0 … 1: the most that a query head pays it. */
  readonly attention: number;
}

interface SoughtLoss {
  readonly keeper: number;
  readonly cause?: LossCause;
}

/** Null unless the first lane's first wrong word is read from a fact that it has lost by this cause and the keeper still holds. */
export function findLoss(
  problem: Problem,
  traces: readonly Trace[],
  { keeper, cause = "eviction" }: SoughtLoss,
): PresetLoss | null {
  const [loser] = traces;
  const neededAtStep = firstWrongStep(problem, loser);
  const keeperWrong = firstWrongStep(problem, traces[keeper]);
  if (neededAtStep === null || (keeperWrong !== null && keeperWrong <= neededAtStep)) return null;
  // A lane that had already ended wrote nothing.
  if (neededAtStep >= loser.steps.length) return null;

  const { promptCount, headCount, evictedSteps } = traceIndex(loser);
  const links = problemLinks(problem);
  const read = links.find(
    (link): link is ReadLink => link.type === "read" && link.position === promptCount + neededAtStep,
  );
  if (read === undefined) return null;
  const fact = links.find((link): link is FactLink => link.type === "fact" && link.summary === read.fact);
  if (fact === undefined) return null;

  const readings = readingsOf(traces[keeper], neededAtStep, [read.fact, read.source])
    .filter(({ attention }) => attention >= LEAST_ATTENTION)
    .sort((one, other) => other.attention - one.attention);
  for (const reading of readings) {
    const { head, position } = reading;
    const lost: Lost | null =
      cause === "eviction"
        ? { lostAtStep: evictedSteps[position * headCount + head] ?? NEVER }
        : blendOf(loser, traces[keeper], { head, position, step: neededAtStep });
    if (lost === null || lost.lostAtStep >= neededAtStep) continue;
    if (lost.blend !== undefined && lost.blend.attentionPercent > MOST_BLURRED_PERCENT) continue;
    const { model } = loser.header;
    return {
      lane: 0,
      keeper,
      layer: layerOf(model, head),
      kvHead: kvHeadOf(model, head),
      position,
      ...lost,
      neededAtStep,
      what: factWords(problem, fact, promptCount),
      written: loser.steps[neededAtStep].text.trim(),
      expected: traces[keeper].steps[neededAtStep].text.trim(),
    };
  }
  return null;
}

type Lost = Pick<PresetLoss, "lostAtStep" | "blend">;

interface HeldToken {
  readonly head: number;
  readonly position: number;
  /** Whose query looks at it. */
  readonly step: number;
}

/** What a lane has merged into a token's slot when a step's query looks at it, and by when. Null if the lane has merged nothing into it or evicted it. */
export function blendOf(loser: Trace, keeper: Trace, { head, position, step }: HeldToken): Required<Lost> | null {
  const [attentionPercent, keeperAttentionPercent] = [loser, keeper].map((trace) => {
    const reading = readingsOf(trace, step, [position]).find((one) => one.head === head);
    return reading === undefined ? null : Math.round(100 * reading.attention);
  });
  const positions = [...carriedBy(loser, head, position, step - 1)];
  if (attentionPercent === null || keeperAttentionPercent === null || positions.length === 0) return null;
  const { evictedSteps, headCount } = traceIndex(loser);
  // A token that came with one that had taken it in came here later than it was evicted, but not later than that one.
  const lostAtStep = Math.max(...positions.map((one) => evictedSteps[one * headCount + head]));
  return { lostAtStep, blend: { positions, attentionPercent, keeperAttentionPercent } };
}

/** Step of the first word that the reference trace does not have; null for a run without a mistake. */
function firstWrongStep(problem: Problem, { steps }: Trace): number | null {
  const expected = tokensOf(problem.trace);
  const wrong = steps.findIndex(({ text, step }) => text.trim() !== expected[step]);
  if (wrong >= 0) return wrong;
  return steps.length < expected.length ? steps.length : null;
}

/** Attention of every head, when the step's token is chosen, to those of the positions that it still holds. */
function readingsOf(trace: Trace, step: number, positions: readonly number[]): Reading[] {
  const { attention, attentionScale } = trace.steps[step];
  const cache = cacheSeenByStep(trace, step);
  return Array.from(attentionScale).flatMap((scale, head) =>
    [...new Set(positions)].flatMap((position) => {
      const slot = positionToSlot(cache, head, position);
      return slot < 0 ? [] : [{ head, position, attention: (headRow(attention, head)[slot] / 255) * scale }];
    }),
  );
}

/**
 * The closest of the choices that the claim depends on, as a difference of log-probabilities: every choice up to the first
 * wrong word, and the lead of that word over the right one. Backends that round differently must still tell the same story.
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

/** A lower bound: a word that is not among the candidates is less probable than all of them. */
function leadOver(step: StepRecord, word: string | undefined): number {
  const place = step.candidateTexts.findIndex((text) => text.trim() === word);
  return step.logProbability - (step.candidateLogProbabilities.at(place < 0 ? -1 : place) ?? -Infinity);
}
