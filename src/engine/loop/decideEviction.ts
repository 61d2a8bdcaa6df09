// One acting event: the policy's formula scores every layer and KV head, admission.ts chooses, and the record says all of it.

import type { CacheState } from "../../cache/cacheState";
import { headRow, keepSlots } from "../../cache/cacheState";
import { chooseSurvivors, keepCarry, protectedCandidates } from "../../policy/admission";
import { computeScores, type Scores } from "../../policy/formula";
import type { Policy, PolicyParameters, PolicyView, Terms } from "../../policy/policy";
import type { EvictionEvent } from "../../trace/trace";
import type { Measured } from "../backend";

export interface EvictionOccasion {
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  readonly promptCount: number;
  readonly event: number;
  readonly step: number;
  /** B in force. */
  readonly budgetSlots: number;
}

/** The evidence of what was measured goes into the record as it is. */
export function decideEviction(
  occasion: EvictionOccasion,
  cache: CacheState,
  { terms, ...evidence }: Measured,
): { eviction: EvictionEvent; cache: CacheState } {
  const { policy, parameters, promptCount, event, step, budgetSlots } = occasion;
  const { windowSlots } = parameters;
  const candidateCount = cache.lengthSlots - windowSlots;
  const headCount = cache.layerCount * cache.kvHeadCount;
  const survivors = new Int32Array(headCount * budgetSlots);
  const total = new Float32Array(headCount * candidateCount);
  const cutOff = new Float32Array(headCount);
  const margin = new Float32Array(headCount);
  const parts: Record<string, Float32Array> = {};
  let carry = new Float32Array(0);

  const store = (head: number, scores: Scores): void => {
    const at = head * candidateCount;
    total.set(scores.total, at);
    for (const [name, part] of Object.entries(scores.parts)) {
      if (part === undefined) continue;
      (parts[name] ??= new Float32Array(headCount * candidateCount)).set(part, at);
    }
    if (scores.carry === null) return;
    if (carry.length === 0) carry = new Float32Array(headCount * candidateCount);
    carry.set(scores.carry, at);
  };

  const formula = policy.formula(parameters);
  for (let head = 0; head < headCount; head++) {
    const view: PolicyView = {
      layer: Math.floor(head / cache.kvHeadCount),
      kvHead: head % cache.kvHeadCount,
      event,
      lengthSlots: cache.lengthSlots,
      candidateCount,
      positions: headRow(cache.positions, head, cache.lengthSlots),
      promptCount,
      terms: headTerms(terms, head, headCount),
      carried: cache.carriedCount > 0 ? headRow(cache.carried, head, cache.carriedCount) : null,
    };
    const scores = computeScores(formula, view);
    store(head, scores);
    const chosen = chooseSurvivors({
      total: scores.total,
      lengthSlots: cache.lengthSlots,
      keepSlots: budgetSlots,
      isProtected: protectedCandidates(view, parameters.isPromptProtected),
    });
    survivors.set(chosen.slots, head * budgetSlots);
    cutOff[head] = chosen.cutOff;
    margin[head] = chosen.margin;
  }

  const eviction: EvictionEvent = {
    event,
    step,
    lengthBefore: cache.lengthSlots,
    budgetSlots,
    windowSlots,
    candidateCount,
    positionsBefore: cache.positions,
    terms: { ...terms },
    parts,
    total,
    carry,
    survivors,
    cutOff,
    margin,
    ...evidence,
  };
  return { eviction, cache: applyEviction(cache, eviction) };
}

/** The cache after an event, present or recorded: survivors close ranks and bring their carried scores. */
export function applyEviction(
  cache: CacheState,
  { survivors, carry, candidateCount }: Pick<EvictionEvent, "survivors" | "carry" | "candidateCount">,
): CacheState {
  const headCount = cache.layerCount * cache.kvHeadCount;
  const keptCount = survivors.length / headCount;
  const kept = keepSlots(cache, survivors, keptCount);
  if (carry.length === 0) return { ...kept, carriedCount: 0, carried: new Float32Array(0) };
  const carriedCount = keptCount - (cache.lengthSlots - candidateCount);
  const carried = new Float32Array(headCount * carriedCount);
  for (let head = 0; head < headCount; head++) {
    const headSurvivors = headRow(survivors, head, keptCount);
    carried.set(keepCarry(headRow(carry, head, candidateCount), headSurvivors), head * carriedCount);
  }
  return { ...kept, carriedCount, carried };
}

/** The scores that the prompt's slots carry before the first event; `cache` as it is where the policy has none. */
export function withInitialCarry(
  cache: CacheState,
  terms: Terms,
  { policy, parameters }: Pick<EvictionOccasion, "policy" | "parameters">,
): CacheState {
  const { start } = policy.formula(parameters);
  const rows = start === null ? undefined : (terms as Readonly<Record<string, Float32Array | undefined>>)[start];
  if (rows === undefined) return cache;
  return { ...cache, carriedCount: rows.length / (cache.layerCount * cache.kvHeadCount), carried: rows.slice() };
}

/** One head's part of every term. */
function headTerms(terms: Terms, head: number, headCount: number): Terms {
  return Object.fromEntries(
    Object.entries(terms).map(([name, rows]) => [name, headRow(rows, head, rows.length / headCount)]),
  );
}
