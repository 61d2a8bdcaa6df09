// What a merge goes by, of one KV head before its survivors close ranks: the kept key closest to each evicted one, and how much
// attention each slot gets. Plain twins of the GPU kernels mergePartners and mergeScores; policy/merging.ts decides by them.
import { logAverage } from "../../policy/merging";

export interface MergePartners {
  /** Place among the survivors. [evicted] */
  readonly partners: Int32Array;
  readonly cosines: Float32Array; // [evicted]
}

/** Keys shorter than this have cosine 0 with all others. */
const LEAST_LENGTH = 1e-12;

/** Of equal cosines the first survivor. keys [slot][headDim] */
export function mergePartners(
  keys: Float32Array,
  headDim: number,
  survivors: Int32Array,
  evicted: Int32Array,
): MergePartners {
  const lengthOf = (slot: number): number => Math.max(LEAST_LENGTH, Math.sqrt(product(keys, slot, slot, headDim)));
  const keptLengths = Float64Array.from(survivors, lengthOf);
  const partners = new Int32Array(evicted.length);
  const cosines = new Float32Array(evicted.length);
  evicted.forEach((slot, place) => {
    const length = lengthOf(slot);
    let [best, closest] = [0, -Infinity];
    for (let kept = 0; kept < survivors.length; kept++) {
      const cosine = product(keys, slot, survivors[kept], headDim) / (length * keptLengths[kept]);
      if (cosine > closest) [best, closest] = [kept, cosine];
    }
    partners[place] = best;
    cosines[place] = closest;
  });
  return { partners, cosines };
}

function product(keys: Float32Array, left: number, right: number, headDim: number): number {
  let sum = 0;
  for (let dim = 0; dim < headDim; dim++) sum += keys[left * headDim + dim] * keys[right * headDim + dim];
  return sum;
}

/** The mean over the group of every row of queries [member][row][headDim]: its logits are the mean logits. [row][headDim] */
export function meanQueries(queries: Float32Array, memberCount: number): Float32Array {
  const width = queries.length / memberCount;
  return Float32Array.from({ length: width }, (_, at) => {
    let sum = 0;
    for (let member = 0; member < memberCount; member++) sum += queries[member * width + at];
    return sum / memberCount;
  });
}

export interface ScoredSlots {
  readonly keys: Float32Array; // [slot][headDim]
  /** The newest queries, the newest last. [row][headDim] */
  readonly queries: Float32Array;
  readonly headDim: number;
  /** Weight of a row beside that of the one after it. */
  readonly decay: number;
}

/** ln ŝ of every slot: the average of exp(q·k/√d) over the rows that could see it, without any bias. [slot] */
export function mergeScores({ keys, queries, headDim, decay }: ScoredSlots): Float32Array {
  const lengthSlots = keys.length / headDim;
  const rowCount = queries.length / headDim;
  const scale = 1 / Math.sqrt(headDim);
  if (rowCount === 1) {
    const products = new Float64Array(lengthSlots);
    for (let slot = 0; slot < lengthSlots; slot++) {
      for (let dim = 0; dim < headDim; dim++) products[slot] += keys[slot * headDim + dim] * queries[dim];
    }
    return Float32Array.from(products, (product) => product * scale);
  }
  return Float32Array.from({ length: lengthSlots }, (_, slot) => {
    const first = firstRow(slot, lengthSlots, rowCount);
    const logits = Array.from({ length: rowCount - first }, (__, at) => {
      let sum = 0;
      for (let dim = 0; dim < headDim; dim++) sum += keys[slot * headDim + dim] * queries[(first + at) * headDim + dim];
      return sum * scale;
    });
    return logAverage(logits, decay);
  });
}

/** The first of `rowCount` newest queries that could see a slot. */
function firstRow(slot: number, lengthSlots: number, rowCount: number): number {
  return Math.max(0, slot - (lengthSlots - rowCount));
}
