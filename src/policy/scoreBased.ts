// The score-based family: one formula of which G-KV, SnapKV, R-KV, the repository's H2O and others are settings.
// Methods section 3; microsoft/G-KV gkv/model/compression/score_based.py.
import { assert, unreachable } from "../lib/errors";
import type { PolicyParameters, PolicyView, Scores, TermName, Terms } from "./policy";

/** Terms that the family reads under these parameters. */
export function scoreBasedNeeds(parameters: PolicyParameters): readonly TermName[] {
  const needs: TermName[] = ["windowAttention"];
  if (hasShift(parameters)) needs.push("attentionShift");
  if (parameters.redundancy === "kernel") needs.push("redundancy");
  if (parameters.redundancy === "raw") needs.push("redundancyRaw");
  if (startsFromPrompt(parameters)) needs.push("promptAttention");
  return needs;
}

/**
 * With "sum" and α of exactly 1 the carry starts from the prompt's column sums (methods section 5, note b), which are
 * not normalised. The reference fails when such a prompt exceeds the budget; here the sums then join like any history.
 */
export function scoreBasedInitialCarry(terms: Terms, parameters: PolicyParameters): Float32Array | null {
  return startsFromPrompt(parameters) ? readTerm(terms, "promptAttention") : null;
}

/** Z = λ·Y − (1 − λ)·R over the candidates, with Y = pool(F) and F the join of α·C and S. */
export function scoreBased(view: PolicyView, parameters: PolicyParameters): Scores {
  const hasCarry = parameters.smoothing !== "none";
  const isNormalised = hasCarry && parameters.isNormalised;
  const localRaw = readTerm(view.terms, "windowAttention");
  const shifted = hasShift(parameters)
    ? addShift(localRaw, readTerm(view.terms, "attentionShift"), parameters.shiftGamma)
    : localRaw;
  const local = isNormalised ? divideByMaximum(shifted) : shifted;
  const history = hasCarry && parameters.alpha > 0 ? decayed(view, parameters.alpha) : null;
  const global = history === null ? local : join(local, history, parameters);
  const pooled = parameters.poolingSlots > 1 ? maxPool(global, parameters.poolingSlots) : global;
  const redundancy = readRedundancy(view, parameters.redundancy, isNormalised);
  return {
    total: redundancy === null ? pooled : mix(pooled, redundancy, parameters.lambda),
    carry: hasCarry ? global : null,
    parts: {
      localRaw,
      local,
      ...(history !== null && { history }),
      ...(hasCarry && { global }),
      ...(parameters.poolingSlots > 1 && { pooled }),
      ...(redundancy !== null && { redundancy }),
    },
  };
}

/** A single query has no deviation; the reference gets NaN there and keeps an arbitrary set. */
function hasShift({ shiftGamma, windowSlots }: PolicyParameters): boolean {
  return shiftGamma !== 0 && windowSlots > 1;
}

function startsFromPrompt({ smoothing, alpha }: PolicyParameters): boolean {
  return smoothing === "sum" && alpha === 1;
}

function readTerm(terms: Terms, name: TermName): Float32Array {
  const term = terms[name];
  assert(term !== undefined, `the term ${name} was not measured`);
  return term;
}

function addShift(local: Float32Array, deviation: Float32Array, gamma: number): Float32Array {
  return local.map((score, candidate) => score + gamma * deviation[candidate]);
}

/** The best becomes exactly 1. Scores that are all 0 stay 0. */
function divideByMaximum(scores: Float32Array): Float32Array {
  const highest = scores.reduce((high, score) => Math.max(high, score), 0);
  return highest > 0 ? scores.map((score) => score / highest) : scores;
}

/** α·C; NaN marks the slots that have no history: those written since the last event. [candidate] */
function decayed({ carried, candidateCount }: PolicyView, alpha: number): Float32Array {
  const history = new Float32Array(candidateCount).fill(NaN);
  const carriedCount = Math.min(carried?.length ?? 0, candidateCount);
  for (let slot = 0; carried !== null && slot < carriedCount; slot++) history[slot] = alpha * carried[slot];
  return history;
}

function join(local: Float32Array, history: Float32Array, { smoothing, alpha }: PolicyParameters): Float32Array {
  return local.map((present, candidate) => {
    const past = history[candidate];
    if (Number.isNaN(past)) return present;
    switch (smoothing) {
      case "none":
        return present;
      case "max":
        return Math.max(past, present);
      case "mean":
        return past + (1 - alpha) * present;
      case "sum":
        return past + present;
      default:
        return unreachable(smoothing);
    }
  });
}

/** Neighbours are slots of the cache, which after an eviction can be far apart in the text. Ends are truncated. */
function maxPool(scores: Float32Array, width: number): Float32Array {
  assert(width % 2 === 1, `pooling width ${width} is even`);
  const reach = (width - 1) / 2;
  return scores.map((_, candidate) =>
    scores
      .subarray(Math.max(0, candidate - reach), candidate + reach + 1)
      .reduce((high, score) => Math.max(high, score), -Infinity),
  );
}

/** R as it enters the mix. */
function readRedundancy(
  { terms }: PolicyView,
  variant: PolicyParameters["redundancy"],
  isNormalised: boolean,
): Float32Array | null {
  if (variant === "none") return null;
  const measured = readTerm(terms, variant === "kernel" ? "redundancy" : "redundancyRaw");
  return isNormalised ? divideByMaximum(measured) : measured;
}

function mix(attention: Float32Array, redundancy: Float32Array, lambda: number): Float32Array {
  return attention.map((score, candidate) => lambda * score - (1 - lambda) * redundancy[candidate]);
}
