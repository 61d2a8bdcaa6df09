// The four figures of EffiVLM-Bench (arXiv:2506.00479) for one way of compressing, over models and suites. ρ = compressed score /
// original score of one model on one suite. Suites whose original score is 0 have no ρ: they are left out and counted. How the paper
// normalises OG is not known; here it is the population's σ / μ over all ρ.

export interface ScoredSuites {
  /** Positive, higher is better. [model][suite] */
  readonly original: readonly (readonly number[])[];
  readonly compressed: readonly (readonly number[])[];
}

export interface OverallFigures {
  /** Null where the original score is 0. [model][suite] */
  readonly ratios: readonly (readonly (number | null)[])[];
  readonly droppedCount: number;
  /** OP: root mean square of ρ over suites, so never below their mean: one lucky suite hides others. NaN without a ρ. [model] */
  readonly performance: readonly number[];
  readonly meanRatios: readonly number[]; // [model]
  /** OG: lower is better. */
  readonly generalisation: number;
}

export function overallFigures({ original, compressed }: ScoredSuites): OverallFigures {
  const ratios = original.map((scores, model) =>
    scores.map((score, suite) => (score === 0 ? null : compressed[model][suite] / score)),
  );
  const kept = ratios.map((row) => row.filter((ratio) => ratio !== null));
  const all = kept.flat();
  const centre = meanOf(all);
  return {
    ratios,
    droppedCount: ratios.flat().length - all.length,
    performance: kept.map((row) => Math.sqrt(meanOf(row.map((ratio) => ratio * ratio)))),
    meanRatios: kept.map(meanOf),
    generalisation: Math.sqrt(meanOf(all.map((ratio) => (ratio - centre) ** 2))) / centre,
  };
}

/** OL: the share of items with the same prediction, right or wrong; symmetric. Items count alike, whatever their suite. */
export function loyalty<Prediction>(original: readonly Prediction[], compressed: readonly Prediction[]): number {
  return meanOf(original.map((prediction, item) => (prediction === compressed[item] ? 1 : 0)));
}

/** OE: how many times faster, prefill and decode together, as measured. */
export function speedUp(originalSeconds: readonly number[], compressedSeconds: readonly number[]): number {
  return sumOf(originalSeconds) / sumOf(compressedSeconds);
}

/** NaN for none. */
function meanOf(numbers: readonly number[]): number {
  return sumOf(numbers) / numbers.length;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
