// Runs whose terms are made up and whose scores and decisions are a real policy's, for tests: what stands in their events
// follows from one another as in a run of the engine. Nothing but tests may import this file.

import { appendPositions, emptyCache, headRow, type CacheState } from "../cache/cacheState";
import { hashUniform } from "../lib/random";
import { budgetInForce, isActing, isEventStep } from "../policy/budget";
import { effectiveParameters, policyById } from "../policy/policies";
import { neededTerms, type PolicyParameters, type TermName, type Terms } from "../policy/policy";
import { drawRecord } from "../trace/drawTrace.testing";
import { drawHeader } from "../trace/drawTraceParts.testing";
import type { Trace } from "../trace/trace";
import { createTraceBuilder } from "../trace/traceBuilder";
import { decideEviction, withInitialCarry } from "./loop/decideEviction";

export interface ScoredRun {
  readonly policyId: string;
  /** Over the policy's own; small by default. */
  readonly parameters?: Partial<PolicyParameters>;
  readonly seed?: number;
  readonly promptCount?: number;
  readonly stepCount?: number;
  readonly layerCount?: number;
  readonly hasEvidence?: boolean;
}

const SMALL = { budgetSlots: 12, windowSlots: 3, intervalSteps: 4 };
const KV_HEADS = 2;

export function drawScoredRun(run: ScoredRun): Trace {
  const { policyId, seed = 1, promptCount = 9, stepCount = 40, layerCount = 2, hasEvidence = true } = run;
  const policy = policyById(policyId);
  const parameters = effectiveParameters(policy, { ...SMALL, ...run.parameters });
  const words = Array.from({ length: promptCount }, (_, position) => `p${position}`);
  const drawn = drawHeader({ layerCount, kvHeadCount: KV_HEADS, groupSize: 2, windowSlots: 1, words });
  const builder = createTraceBuilder({ ...drawn, policyId, policyLabel: policy.label, parameters: { ...parameters } });
  let cache = emptyCache(layerCount, KV_HEADS);
  for (let step = 0; step < stepCount; step++) {
    cache = step === 0 ? appendPositions(cache, 0, promptCount) : appendPositions(cache, promptCount + step - 1, 1);
    const { lengthSlots } = cache;
    const record = drawRecord({ step, word: `g${step}`, lengthSlots, tappedHeads: 0 });
    const candidateCount = Math.max(0, lengthSlots - parameters.windowSlots);
    const terms = drawTerms(neededTerms(policy.formula(parameters)), cache, {
      candidateCount,
      promptCount,
      seed: seed + step,
    });
    if (step === 0) cache = withInitialCarry(cache, terms, { policy, parameters });
    const budgetSlots = budgetInForce(parameters, lengthSlots);
    if (!isEventStep(step, parameters.intervalSteps) || !isActing(lengthSlots, budgetSlots)) {
      builder.append(record, null);
      continue;
    }
    const event = step / parameters.intervalSteps;
    const evidence = hasEvidence ? drawDuplicates(cache, candidateCount) : {};
    const occasion = { policy, parameters, promptCount, event, step, budgetSlots };
    const { eviction, cache: after } = decideEviction(occasion, cache, { terms, ...evidence });
    builder.append(record, eviction);
    cache = after;
  }
  return builder.trace;
}

/** Every position has a worth of its own, over three powers of ten, which moves from event to event. */
function drawTerms(
  names: readonly TermName[],
  cache: CacheState,
  drawn: { readonly candidateCount: number; readonly promptCount: number; readonly seed: number },
): Terms {
  const { candidateCount, promptCount, seed } = drawn;
  const headCount = cache.layerCount * cache.kvHeadCount;
  const term = (name: TermName, key: number): Float32Array => {
    const isOfPrompt = name === "promptAttention"; // measured once, at the prefill
    const width = isOfPrompt ? promptCount : candidateCount;
    return Float32Array.from({ length: headCount * width }, (_, at) => {
      const head = Math.floor(at / width);
      const position = isOfPrompt ? at % width : headRow(cache.positions, head, cache.lengthSlots)[at % width];
      return 10 ** (-3 * hashUniform(key, head, position)) * (0.5 + hashUniform(isOfPrompt ? 0 : seed, key, at));
    });
  };
  return Object.fromEntries(names.map((name, key) => [name, term(name, key)]));
}

/** Every other position repeats one that depends on it alone, as keys do, and is excused where that is still there. */
function drawDuplicates(cache: CacheState, candidateCount: number) {
  const { lengthSlots, positions } = cache;
  const headCount = positions.length / lengthSlots;
  return {
    excusedSlots: Int32Array.from(positions, (position, at) => {
      const row = headRow(positions, Math.floor(at / lengthSlots), lengthSlots);
      return position % 2 === 1 ? -1 : row.indexOf(position + 1 + Math.floor(6 * hashUniform(position)));
    }),
    votingHeads: Int8Array.from({ length: headCount * candidateCount }, (_, at) => at % 2),
  };
}
