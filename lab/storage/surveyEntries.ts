// Sums over the entries of one layer, of keys or of values: how alike the heads are, and what each way to quantise them loses.

import { headMean, takeFromMean } from "../../src/engine/storage/headMean";
import { quantiseRows, type Grouping, type Quantiser } from "../../src/engine/storage/quantiser";
import { decodeHalf } from "../../src/lib/float16";
import { surveyedBits, type SurveyedEntries } from "../../src/model/storageSurvey";

type Way = keyof SurveyedEntries["errors"];
const ways: readonly Way[] = ["channels", "tokens", "deviations"];

export interface EntrySums {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly groupSize: number;
  tokenCount: number;
  squares: number;
  deviationSquares: number;
  readonly sums: Float64Array; // [kvHead][headDim]
  readonly products: Float64Array; // [kvHead][kvHead][headDim]
  /** Σ(x̂ − x)² and the Σx² that it belongs to: groups along tokens leave out what fills no block. [width] */
  readonly losses: Readonly<Record<Way, { readonly lost: Float64Array; of: number }>>;
}

export function createEntrySums(kvHeadCount: number, headDim: number, groupSize: number): EntrySums {
  const loss = () => ({ lost: new Float64Array(surveyedBits.length), of: 0 });
  return {
    ...{ kvHeadCount, headDim, groupSize, tokenCount: 0, squares: 0, deviationSquares: 0 },
    sums: new Float64Array(kvHeadCount * headDim),
    products: new Float64Array(kvHeadCount * kvHeadCount * headDim),
    losses: { channels: loss(), tokens: loss(), deviations: loss() },
  };
}

/** Adds the entries of one text's tokens, each [kvHead][headDim], in their order. */
export function addEntries(sums: EntrySums, tokens: readonly Float32Array[]): void {
  for (const entries of tokens) addLikeness(sums, entries);
  const { kvHeadCount, headDim, groupSize } = sums;
  const blockCount = Math.floor(tokens.length / groupSize);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    const rows = new Float32Array(tokens.length * headDim);
    tokens.forEach((entries, token) =>
      rows.set(entries.subarray(kvHead * headDim, (kvHead + 1) * headDim), token * headDim),
    );
    addLoss(sums, "channels", rows);
    addLoss(sums, "tokens", rows.subarray(0, blockCount * groupSize * headDim));
  }
  for (const entries of tokens) addDeviationLoss(sums, entries);
}

function addLikeness(sums: EntrySums, entries: Float32Array): void {
  const { kvHeadCount, headDim, products } = sums;
  sums.tokenCount++;
  for (let dim = 0; dim < headDim; dim++) {
    let mean = 0;
    for (let head = 0; head < kvHeadCount; head++) {
      const value = entries[head * headDim + dim];
      sums.sums[head * headDim + dim] += value;
      sums.squares += value * value;
      mean += value / kvHeadCount;
      for (let other = 0; other < kvHeadCount; other++) {
        products[(head * kvHeadCount + other) * headDim + dim] += value * entries[other * headDim + dim];
      }
    }
    for (let head = 0; head < kvHeadCount; head++) sums.deviationSquares += (entries[head * headDim + dim] - mean) ** 2;
  }
}

function addLoss(sums: EntrySums, way: "channels" | "tokens", rows: Float32Array): void {
  const grouping: Grouping = {
    axis: way,
    groupSize: way === "channels" ? Math.min(sums.groupSize, sums.headDim) : sums.groupSize,
  };
  const loss = sums.losses[way];
  loss.of += squaresOf(rows);
  surveyedBits.forEach((bits, at) => {
    loss.lost[at] += squaredLoss(rows, sums.headDim, bits, grouping);
  });
}

/** Against the entry itself: the mean's own rounding to 16 bits is part of the loss. */
function addDeviationLoss(sums: EntrySums, entries: Float32Array): void {
  const { kvHeadCount, headDim, groupSize } = sums;
  const mean = headMean(entries, headDim);
  const loss = sums.losses.deviations;
  loss.of += squaresOf(entries);
  const grouping: Grouping = { axis: "channels", groupSize: Math.min(groupSize, headDim) };
  for (let head = 0; head < kvHeadCount; head++) {
    const row = entries.subarray(head * headDim, (head + 1) * headDim);
    const deviations = row.slice();
    takeFromMean(mean, deviations);
    surveyedBits.forEach((bits, at) => {
      const back = restored(deviations, headDim, bits, grouping);
      for (let dim = 0; dim < headDim; dim++) loss.lost[at] += (decodeHalf(mean[dim]) - back[dim] - row[dim]) ** 2;
    });
  }
}

function squaredLoss(rows: Float32Array, width: number, bits: number, grouping: Grouping): number {
  const back = restored(rows, width, bits, grouping);
  return rows.reduce((sum, value, at) => sum + (back[at] - value) ** 2, 0);
}

function restored(rows: Float32Array, width: number, bits: number, grouping: Grouping): Float64Array {
  const quantiser: Quantiser = { bits, isSymmetric: false, hasHalfNumbers: true };
  const { codes, scales, lows } = quantiseRows(rows, width, quantiser, grouping);
  const { axis, groupSize } = grouping;
  const perRow = Math.ceil(width / groupSize);
  return Float64Array.from(codes, (code, at) => {
    const [row, channel] = [Math.floor(at / width), at % width];
    const group =
      axis === "channels"
        ? row * perRow + Math.floor(channel / groupSize)
        : Math.floor(row / groupSize) * width + channel;
    return lows[group] + scales[group] * code;
  });
}

function squaresOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

export function correlationOf({ kvHeadCount, headDim, tokenCount, sums, products }: EntrySums): number {
  const covariance = (head: number, other: number): number => {
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) {
      const means = (sums[head * headDim + dim] / tokenCount) * (sums[other * headDim + dim] / tokenCount);
      sum += products[(head * kvHeadCount + other) * headDim + dim] / tokenCount - means;
    }
    return sum;
  };
  let [total, pairCount] = [0, 0];
  for (let head = 0; head < kvHeadCount; head++) {
    for (let other = 0; other < head; other++) {
      total += covariance(head, other) / Math.sqrt(covariance(head, head) * covariance(other, other));
      pairCount++;
    }
  }
  return pairCount === 0 ? 0 : total / pairCount;
}

export function errorsOf({ losses }: EntrySums): SurveyedEntries["errors"] {
  const relative = (way: Way): number[] => Array.from(losses[way].lost, (lost) => Math.sqrt(lost / losses[way].of));
  const [channels, tokens, deviations] = ways.map(relative);
  return { channels, tokens, deviations };
}
