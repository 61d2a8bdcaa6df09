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

/** A figure and one standard error; NaN where there is nothing to tell it from. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/**
 * Σ numerators ÷ Σ denominators over independent items, with the standard error of a ratio of means: pairs of the same item are
 * compared, so what both share cancels. A share of items is the ratio of its 0s and 1s to ones.
 */
export function ratioEstimate(numerators: readonly number[], denominators: readonly number[]): Estimate {
  const count = numerators.length;
  const whole = sumOf(denominators);
  const value = sumOf(numerators) / whole;
  const squares = sumOf(numerators.map((numerator, item) => (numerator - value * denominators[item]) ** 2));
  return { value, error: count < 2 ? NaN : Math.sqrt((squares * count) / (count - 1)) / whole };
}

/** OL with its standard error: of items, the share that is the same. */
export function loyaltyEstimate(isSame: readonly boolean[]): Estimate {
  return ratioEstimate(
    isSame.map(Number),
    isSame.map(() => 1),
  );
}

/** OP, the mean of ρ and OG of one model with their standard errors, by the delta method from those of ρ. */
export function spreadEstimates(ratios: readonly Estimate[]): {
  readonly performance: Estimate;
  readonly meanRatio: Estimate;
  readonly generalisation: Estimate;
} {
  const values = ratios.map(({ value }) => value);
  const count = values.length;
  const { performance, generalisation } = overallFigures({ original: [values.map(() => 1)], compressed: [values] });
  const centre = meanOf(values);
  const [root] = performance;
  const combined = (slopeOf: (ratio: number) => number): number =>
    Math.sqrt(sumOf(ratios.map(({ value, error }) => (slopeOf(value) * error) ** 2)));
  const deviation = generalisation * centre;
  return {
    // Where every ρ is 0 or equal, the slope has no value; their own errors then say all there is.
    performance: {
      value: root,
      error: root === 0 ? combined(() => 1 / count) : combined((ratio) => ratio / (count * root)),
    },
    meanRatio: { value: centre, error: combined(() => 1 / count) },
    generalisation: {
      value: generalisation,
      error:
        deviation > 0
          ? combined((ratio) => (ratio - centre) / (count * deviation * centre) - deviation / (count * centre ** 2))
          : NaN,
    },
  };
}

/** NaN for none. */
function meanOf(numbers: readonly number[]): number {
  return sumOf(numbers) / numbers.length;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
