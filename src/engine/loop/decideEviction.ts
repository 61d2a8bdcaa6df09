// One acting event: the policy's formula scores every layer and KV head, admission.ts chooses, and the record says all of it.

import type { CacheState } from "../../cache/cacheState";
import { keepSlots } from "../../cache/cacheState";
import type { HeadRows } from "../../cache/headRows";
import { copyRows, headCountOf, headRow, joinRows, kvHeadOf, layerOf, rowLength } from "../../cache/headRows";
import { noSpans, type PromptSpans } from "../../lib/spans";
import { chooseSurvivors, keepCarry, protectedCandidates } from "../../policy/admission";
import { scoreLayer, type Scores } from "../../policy/columns";
import type { Policy, PolicyParameters, PolicyView, Terms } from "../../policy/policy";
import { chooseLayer } from "../../policy/selection";
import type { LayerShare } from "../../policy/share";
import { policyFormula } from "../../policy/secondStage";
import { meanOfDecided, windowScores, type LayerWindows } from "../../policy/layerWindows";
import type { EvictionEvent } from "../../trace/trace";
import type { Measured } from "../backend";

export interface EvictionOccasion {
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  readonly promptCount: number;
  /** Absent: none. */
  readonly spans?: PromptSpans;
  readonly event: number;
  readonly step: number;
  readonly share: LayerShare;
  /** Of the model; absent: every layer sees all. */
  readonly windows?: LayerWindows | undefined;
}

/** The evidence of what was measured goes into the record as it is. */
export function decideEviction(
  occasion: EvictionOccasion,
  cache: CacheState,
  { terms, ...evidence }: Measured,
): { eviction: EvictionEvent; cache: CacheState } {
  const { policy, parameters, promptCount, spans = noSpans, event, step, share, windows } = occasion;
  const { windowSlots } = parameters;
  const formula = policyFormula(policy, parameters);
  const views = Array.from({ length: headCountOf(cache) }, (_, head): PolicyView => {
    const positions = headRow(cache.positions, head);
    return {
      layer: layerOf(cache, head),
      kvHead: kvHeadOf(cache, head),
      event,
      lengthSlots: positions.length,
      candidateCount: positions.length - windowSlots,
      positions,
      promptCount,
      terms: headTerms(terms, head),
      carried: rowLength(cache.carried, head) > 0 ? headRow(cache.carried, head) : null,
    };
  });
  const layers = Array.from({ length: cache.layerCount }, (_, layer) => {
    const heads = views.slice(layer * cache.kvHeadCount, (layer + 1) * cache.kvHeadCount);
    const lengths = heads.map(({ lengthSlots }) => lengthSlots);
    if ((windows?.[layer] ?? null) !== null) {
      const keepSlots = share({ layer, rows: [], lengths });
      return heads.map((view, head) => {
        const scores = windowScores(formula, view);
        const kept = { lengthSlots: lengths[head], keepSlots: keepSlots[head] };
        return {
          ...{ scores, keepSlots: keepSlots[head] },
          chosen: chooseSurvivors({ total: scores.total, isProtected: null, ...kept }),
        };
      });
    }
    const isProtected = heads.map((view) => protectedCandidates(view, parameters.isPromptProtected, spans.kept));
    const scored = scoreLayer(formula, heads, (ranking) => {
      const rows = ranking.map((total, head) => ({ total, isProtected: isProtected[head] }));
      return share({ layer, rows, lengths }).map((keepSlots, head) => Math.min(keepSlots, lengths[head]));
    });
    const chosen = chooseLayer(
      { ...parameters, instructions: spans.instructions, fairQuotas: policy.fair?.quotas },
      heads.map(({ positions }, head) => ({
        row: { total: scored.heads[head].total, isProtected: isProtected[head] },
        positions,
        keepSlots: scored.keepSlots[head],
      })),
    );
    return heads.map((_, head) => ({
      ...{ scores: scored.heads[head], keepSlots: scored.keepSlots[head] },
      chosen: chosen[head],
    }));
  });
  const heads = layers.flat();
  const scores = heads.map((head) => head.scores);

  const eviction: EvictionEvent = {
    event,
    step,
    budgetSlots: meanOfDecided(
      Int32Array.from(heads, ({ keepSlots }) => keepSlots),
      cache,
      windows,
    ),
    windowSlots,
    positionsBefore: cache.positions,
    terms: { ...terms },
    parts: joinParts(scores),
    total: joinRows(
      scores.map(({ total }) => total),
      Float32Array,
    ),
    carry: joinRows(
      scores.map(({ carry }) => carry ?? new Float32Array(0)),
      Float32Array,
    ),
    survivors: joinRows(
      heads.map(({ chosen }) => chosen.slots),
      Int32Array,
    ),
    cutOff: Float32Array.from(heads, ({ chosen }) => chosen.cutOff),
    margin: Float32Array.from(heads, ({ chosen }) => chosen.margin),
    ...evidence,
  };
  return { eviction, cache: applyEviction(cache, eviction) };
}

/** The cache after an event, present or recorded: survivors close ranks and bring their carried scores. */
export function applyEviction(
  cache: CacheState,
  { survivors, carry, merges }: Pick<EvictionEvent, "survivors" | "carry" | "merges">,
): CacheState {
  const kept = Array.from({ length: headCountOf(cache) }, (_, head) =>
    keepCarry(headRow(carry, head), headRow(survivors, head)),
  );
  const merged = merges === undefined ? null : { votes: merges.votes, logBias: merges.logBias };
  return { ...keepSlots(cache, survivors), carried: joinRows(kept, Float32Array), merged };
}

/** The scores that the prompt's slots carry before the first event; `cache` as it is where the policy has none. */
export function withInitialCarry(
  cache: CacheState,
  terms: Measured["terms"],
  { policy, parameters }: Pick<EvictionOccasion, "policy" | "parameters">,
): CacheState {
  const { start } = policyFormula(policy, parameters);
  const rows = start === null ? undefined : new Map(Object.entries(terms)).get(start);
  return rows === undefined ? cache : { ...cache, carried: copyRows(rows) };
}

/** Every part that the policy shows in any head; heads that have none get an empty row. */
function joinParts(scores: readonly Scores[]): EvictionEvent["parts"] {
  const names = new Set(scores.flatMap(({ parts }) => Object.keys(parts)));
  const joined = [...names].map((name): [string, HeadRows<Float32Array>] => [
    name,
    joinRows(
      scores.map(({ parts }) => parts[name] ?? new Float32Array(0)),
      Float32Array,
    ),
  ]);
  return Object.fromEntries(joined);
}

/** One head's part of every term. */
function headTerms(terms: Measured["terms"], head: number): Terms {
  return Object.fromEntries(Object.entries(terms).map(([name, rows]) => [name, headRow(rows, head)]));
}
