// The figures of a quantisation characterisation (qMeter, arXiv 2508.16712, of which only the abstract is known; standard
// definitions): times of a run, how far its logits are from the reference's, and which rows of a table no other row beats.

export interface CharacterisationTimes {
  /** Seconds from the request to the first token. */
  readonly firstToken: number;
  /** Mean seconds from token to token after the first. */
  readonly perToken: number;
  /** Percentiles of the seconds from token to token. */
  readonly gaps: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly total: number;
  readonly tokensPerSecond: number;
}

/** Times in seconds: of the request, and of each token. */
export function characterisationTimes(submitted: number, tokens: readonly number[]): CharacterisationTimes {
  const last = tokens[tokens.length - 1];
  const gaps = tokens.slice(1).map((time, at) => time - tokens[at]);
  const total = last - submitted;
  return {
    firstToken: tokens[0] - submitted,
    perToken: (last - tokens[0]) / (tokens.length - 1),
    gaps: { p50: percentile(gaps, 50), p95: percentile(gaps, 95), p99: percentile(gaps, 99) },
    total,
    tokensPerSecond: tokens.length / total,
  };
}

/** Linear between order statistics, at p/100 · (n − 1). */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export interface LogitQuality {
  /** Mean over positions of KL(reference ‖ other), in nats. */
  readonly divergence: number;
  /** Share of positions whose most probable token is the same; of equals the lowest token counts. */
  readonly topAgreement: number;
  /** Of the targets under the other's logits: mean −ln p, and its exponential. */
  readonly meanLoss: number;
  readonly perplexity: number;
}

/** Both [position] of [token]. */
export function logitQuality(
  reference: readonly Float32Array[],
  other: readonly Float32Array[],
  targets: readonly number[],
): LogitQuality {
  let [divergence, agreed, loss] = [0, 0, 0];
  reference.forEach((logits, position) => {
    const [exact, found] = [logShares(logits), logShares(other[position])];
    divergence += exact.reduce((sum, share, token) => sum + Math.exp(share) * (share - found[token]), 0);
    if (highestAt(exact) === highestAt(found)) agreed++;
    loss -= found[targets[position]];
  });
  const count = reference.length;
  const meanLoss = loss / count;
  return { divergence: divergence / count, topAgreement: agreed / count, meanLoss, perplexity: Math.exp(meanLoss) };
}

function logShares(logits: Float32Array): number[] {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return Array.from(logits, (logit) => logit - highest - Math.log(sum));
}

function highestAt(numbers: readonly number[]): number {
  return numbers.reduce((best, number, at) => (number > numbers[best] ? at : best), 0);
}

/** Rows that no other row beats: as good in every column, better in one. Equal rows do not beat each other. */
export function paretoRows(rows: readonly (readonly number[])[], isHigherBetter: readonly boolean[]): number[] {
  const signed = rows.map((row) => row.map((number, column) => (isHigherBetter[column] ? -number : number)));
  const beats = (row: readonly number[], other: readonly number[]): boolean =>
    row.every((number, column) => number <= other[column]) && row.some((number, column) => number < other[column]);
  return [...signed.keys()].filter((at) => !signed.some((row) => beats(row, signed[at])));
}
