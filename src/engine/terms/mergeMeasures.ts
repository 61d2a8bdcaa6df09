// What a merge goes by, of one KV head before its survivors close ranks: the kept key closest to each evicted one, and how much
// attention each slot gets. Plain twins of the GPU kernels mergePartners and mergeScores; policy/merging.ts decides by them.
import { averageWeights, logAverage } from "../../policy/merging";

export interface MergePartners {
  /** Place among the survivors. [evicted] */
  readonly partners: Int32Array;
  readonly cosines: Float32Array; // [evicted]
}

/** Keys shorter than this have cosine 0 with all others. */
const LEAST_LENGTH = 1e-12;

/** Products of a head's keys with some vectors, in float64. keys [slot][headDim], vectors [vector][headDim] → [vector][slot] */
export type KeyProducts = (keys: Float32Array, vectors: Float32Array, headDim: number) => Float64Array;

const plainKeyProducts: KeyProducts = (keys, vectors, headDim) => {
  const lengthSlots = keys.length / headDim;
  const products = new Float64Array((vectors.length / headDim) * lengthSlots);
  for (let at = 0; at < products.length; at++) {
    const [vector, slot] = [Math.floor(at / lengthSlots) * headDim, (at % lengthSlots) * headDim];
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) sum += keys[slot + dim] * vectors[vector + dim];
    products[at] = sum;
  }
  return products;
};

export interface HeadKeys {
  readonly keys: Float32Array; // [slot][headDim]
  readonly headDim: number;
  /** Absent: plain loops. Every other way gives the same bits. */
  readonly multiply?: KeyProducts;
}

/** Of equal cosines the first survivor. */
export function mergePartners(
  { keys, headDim, multiply = plainKeyProducts }: HeadKeys,
  survivors: Int32Array,
  evicted: Int32Array,
): MergePartners {
  const lengths = keyLengths(keys, headDim);
  const vectors = new Float32Array(evicted.length * headDim);
  for (let place = 0; place < evicted.length; place++) {
    const from = evicted[place] * headDim;
    for (let dim = 0; dim < headDim; dim++) vectors[place * headDim + dim] = keys[from + dim];
  }
  const products = multiply(keys, vectors, headDim);
  const partners = new Int32Array(evicted.length);
  const cosines = new Float32Array(evicted.length);
  for (let place = 0; place < evicted.length; place++) {
    const first = place * lengths.length;
    const length = lengths[evicted[place]];
    let best = 0;
    let closest = -Infinity;
    for (let kept = 0; kept < survivors.length; kept++) {
      const slot = survivors[kept];
      const cosine = products[first + slot] / (length * lengths[slot]);
      if (cosine > closest) {
        best = kept;
        closest = cosine;
      }
    }
    partners[place] = best;
    cosines[place] = closest;
  }
  return { partners, cosines };
}

/** [slot] */
function keyLengths(keys: Float32Array, headDim: number): Float64Array {
  const lengths = new Float64Array(keys.length / headDim);
  for (let slot = 0; slot < lengths.length; slot++) {
    let squares = 0;
    for (let at = slot * headDim; at < (slot + 1) * headDim; at++) squares += keys[at] * keys[at];
    lengths[slot] = Math.max(LEAST_LENGTH, Math.sqrt(squares));
  }
  return lengths;
}

/** The mean over the group of every row of queries [member][row][headDim]: its logits are the mean logits. [row][headDim] */
export function meanQueries(queries: Float32Array, memberCount: number): Float32Array {
  const width = queries.length / memberCount;
  const mean = new Float32Array(width);
  for (let at = 0; at < width; at++) {
    let sum = 0;
    for (let member = 0; member < memberCount; member++) sum += queries[member * width + at];
    mean[at] = sum / memberCount;
  }
  return mean;
}

export interface ScoredSlots extends HeadKeys {
  /** The newest queries, the newest last. [row][headDim] */
  readonly queries: Float32Array;
  /** Weight of a row beside that of the one after it. */
  readonly decay: number;
}

/** ln ŝ of every slot: the average of exp(q·k/√d) over the rows that could see it, without any bias. [slot] */
export function mergeScores({ keys, queries, headDim, decay, multiply = plainKeyProducts }: ScoredSlots): Float32Array {
  const lengthSlots = keys.length / headDim;
  const rowCount = queries.length / headDim;
  const scale = 1 / Math.sqrt(headDim);
  const products = multiply(keys, queries, headDim); // [row][slot]
  const scores = new Float32Array(lengthSlots);
  if (rowCount === 1) {
    for (let slot = 0; slot < lengthSlots; slot++) scores[slot] = products[slot] * scale;
    return scores;
  }
  let weights = averageWeights(rowCount, decay);
  for (let slot = 0; slot < lengthSlots; slot++) {
    const first = firstRow(slot, lengthSlots, rowCount);
    if (rowCount - first !== weights.logs.length) weights = averageWeights(rowCount - first, decay);
    const logits: number[] = [];
    for (let row = first; row < rowCount; row++) logits.push(products[row * lengthSlots + slot] * scale);
    scores[slot] = logAverage(logits, decay, weights);
  }
  return scores;
}

/** The first of `rowCount` newest queries that could see a slot. */
function firstRow(slot: number, lengthSlots: number, rowCount: number): number {
  return Math.max(0, slot - (lengthSlots - rowCount));
}
