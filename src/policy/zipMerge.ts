// Several slots become one (KeepKV, Tian et al. 2025, arXiv:2504.09936): the arithmetic of one merge, in float64. ZIP is
// equation 7 in a form that never leaves the logarithms; the convex mean without votes is what it is held against.
//
//   ℓ = l + b        logit and bias (ln of the votes) of each part
//   W̄ = ln Σ exp ℓ,  ŵ = exp(ℓ − W̄)          the parts' shares of their joint attention
//   t = W̄ − ln Σp                             the logit that the merged slot needs
//   m = Σ ŵ l                                 the logit that the plain key Σ ŵ k has
//   key (t/m) · Σ ŵ k, value Σ ŵ v, votes Σ p

/** What a key or value is made of: a weight for each source slot. */
export type Mix = ReadonlyMap<number, number>;

/** The mean of the newest queries of a head's group, where a mix holds it beside slots. */
export const QUERY_SOURCE = -1;

/** A slot as a merge sees it; a merged one can be merged again. */
export interface MergedSlot {
  readonly key: Mix;
  readonly value: Mix;
  /** q·k/√d of the query that the merge is exact for, or ln ŝ where the score is an average. Never shifted by a maximum: t/m would change. */
  readonly logit: number;
  /** Added to the logit in attention: ln of the votes, and what a fallback left. */
  readonly logBias: number;
  readonly votes: number;
  readonly isFallback: boolean;
}

/** A slot that nothing has been merged into by this event. */
export function singleSlot(slot: number, logit: number, logBias: number, votes: number): MergedSlot {
  const itself: Mix = new Map([[slot, 1]]);
  return { key: itself, value: itself, logit, logBias, votes, isFallback: false };
}

/** What a ZIP merge goes by. */
export interface ZipFigures {
  readonly weights: readonly number[]; // ŵ [part]
  readonly logWeight: number; // W̄
  readonly votes: number;
  readonly targetLogit: number; // t
  readonly meanLogit: number; // m
  readonly ratio: number; // t/m
  /** m is near 0, or the key would more than double, halve or flip. */
  readonly needsFallback: boolean;
}

/** Below it, t/m explodes. The paper knows no such rule; both fallbacks are as exact as ZIP. */
const LEAST_MEAN_LOGIT = 0.1;
const RATIO_BOUNDS = { least: 0.5, most: 2 } as const;

export function zipFigures(parts: readonly Pick<MergedSlot, "logit" | "logBias" | "votes">[]): ZipFigures {
  const biased = parts.map(({ logit, logBias }) => logit + logBias);
  const logWeight = logSumExp(biased);
  const weights = biased.map((logit) => Math.exp(logit - logWeight));
  const votes = parts.reduce((sum, part) => sum + part.votes, 0);
  const targetLogit = logWeight - Math.log(votes);
  const meanLogit = weights.reduce((sum, weight, part) => sum + weight * parts[part].logit, 0);
  const ratio = targetLogit / meanLogit;
  const isScalable = ratio >= RATIO_BOUNDS.least && ratio <= RATIO_BOUNDS.most; // false for NaN
  const needsFallback = Math.abs(meanLogit) < LEAST_MEAN_LOGIT || !isScalable;
  return { weights, logWeight, votes, targetLogit, meanLogit, ratio, needsFallback };
}

/** How a merge that needs a fallback meets its logit: a bias on the slot, or the smallest change of the key, along the query. */
export type ZipFallback = "bias" | "query";

/** √d / ‖q‖²: how much of the query raises a key's logit by 1. */
export function queryUnit(querySquares: number, headDim: number): number {
  return querySquares > 0 ? Math.sqrt(headDim) / querySquares : 0;
}

/** All parts into one. Exact for the query of the logits, whatever fallback is taken; without a query the bias is the only one. */
export function zipParts(parts: readonly MergedSlot[], fallback: ZipFallback, unit: number): MergedSlot {
  const figures = zipFigures(parts);
  const { weights, votes, targetLogit, meanLogit, ratio, needsFallback } = figures;
  const plain = mixOf(parts, weights, "key");
  const value = mixOf(parts, weights, "value");
  const isFallback = needsFallback || parts.some((part) => part.isFallback);
  const merged = { value, votes, isFallback, logBias: Math.log(votes) };
  if (!needsFallback) return { ...merged, key: scaled(plain, ratio), logit: targetLogit };
  const missing = targetLogit - meanLogit;
  if (fallback === "bias" || unit === 0) {
    return { ...merged, key: plain, logit: meanLogit, logBias: merged.logBias + missing };
  }
  const key = new Map(plain);
  key.set(QUERY_SOURCE, (key.get(QUERY_SOURCE) ?? 0) + missing * unit);
  return { ...merged, key, logit: targetLogit };
}

/** Key and value by the same shares, while votes and bias stay those of the first part: its attention sags (theorem 2). */
export function convexParts(parts: readonly MergedSlot[]): MergedSlot {
  const { weights, meanLogit } = zipFigures(parts);
  return { ...parts[0], key: mixOf(parts, weights, "key"), value: mixOf(parts, weights, "value"), logit: meanLogit };
}

/** Any weights, of one sum for keys and values: votes add up, and their logarithm is the bias. */
export function weighedParts(parts: readonly MergedSlot[], weights: readonly number[]): MergedSlot {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const votes = parts.reduce((sum, part) => sum + part.votes, 0);
  const logit = shares.reduce((sum, share, part) => sum + share * parts[part].logit, 0);
  const [key, value] = [mixOf(parts, shares, "key"), mixOf(parts, shares, "value")];
  return { key, value, logit, logBias: Math.log(votes), votes, isFallback: false };
}

export function mixOf(parts: readonly MergedSlot[], weights: readonly number[], which: "key" | "value"): Mix {
  const mix = new Map<number, number>();
  parts.forEach((part, place) => {
    for (const [source, weight] of part[which]) mix.set(source, (mix.get(source) ?? 0) + weights[place] * weight);
  });
  return mix;
}

function scaled(mix: Mix, factor: number): Mix {
  return new Map([...mix].map(([source, weight]) => [source, factor * weight]));
}

export function logSumExp(logits: readonly number[]): number {
  const largest = Math.max(...logits);
  if (largest === -Infinity) return largest;
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}
