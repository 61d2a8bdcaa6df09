// What the window's queries pay to the slots of one KV head, and what follows from it: the terms "windowAttention" and
// "attentionShift" and "placedAttention", the voting heads of the record, and the column sums of a prompt ("promptAttention").
// Plain twins of the GPU kernels of the same names; methods section 3, steps 1 and 2 (G-KV, compute_attention_scores).
//
//   queries · keys ► softmax of every query head ► joined over the group ► mean, deviation
//                                │
//                                └► voting heads
import { addLogBias } from "../cpu/layerOps";
import { createPlainRowProducts, type RowProducts } from "../cpu/products";

/** One KV head with the queries of its group. */
export interface WindowInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  /** Row i belongs to slot n − w + i and sees no later slot. */
  readonly queries: Float32Array; // [member][row][headDim], after RoPE
  readonly headDim: number;
  /** w: rows of queries. */
  readonly windowSlots: number;
  readonly groupPooling: "max" | "mean";
  /** Left padding: the oldest slots that nobody may see. 0 in the product; golden cases have some. */
  readonly paddingSlots?: number;
  /** Added to the logit of every slot. Absent: nothing. [slot] */
  readonly logBias?: Float32Array | undefined;
  /** Plain loops where absent. */
  readonly products?: RowProducts;
}

/** Attention of each query head by itself. */
export interface GroupAttention {
  /** 0 where a row may not see a slot; −1 over a whole row that may see none. */
  readonly values: Float32Array; // [member][row][slot of stride]
  readonly stride: number;
  readonly memberCount: number;
  readonly windowSlots: number;
  readonly lengthSlots: number;
  readonly groupPooling: "max" | "mean";
}

/** Softmax of q · k / √d over all n slots, causal inside the window. Good until the input's products are used again. */
export function groupAttention(input: WindowInput): GroupAttention {
  const { keys, queries, headDim, windowSlots, groupPooling } = input;
  const { paddingSlots = 0, products = createPlainRowProducts(), logBias } = input;
  const lengthSlots = keys.length / headDim;
  const memberCount = queries.length / (windowSlots * headDim);
  products.setRows(keys, headDim);
  const { values, stride } = products.multiply(queries, lengthSlots);
  const scale = 1 / Math.sqrt(headDim);
  for (let member = 0; member < memberCount; member++) {
    for (let row = 0; row < windowSlots; row++) {
      const start = (member * windowSlots + row) * stride;
      const end = start + lengthSlots - windowSlots + row + 1;
      if (end <= start + paddingSlots) {
        values.fill(-1, start, start + lengthSlots);
        continue;
      }
      if (logBias !== undefined) addLogBias(values, logBias, scale, start);
      softmaxRow(products, values, { start: start + paddingSlots, end }, scale);
      for (let slot = 0; slot < paddingSlots; slot++) values[start + slot] = 0;
      for (let at = end; at < start + lengthSlots; at++) values[at] = 0;
    }
  }
  return { values, stride, memberCount, windowSlots, lengthSlots, groupPooling };
}

/** As softmaxInPlace, over products: the same bits. */
function softmaxRow(
  products: RowProducts,
  values: Float32Array,
  place: { readonly start: number; readonly end: number },
  scale: number,
): void {
  const { start, end } = place;
  let highest = -Infinity;
  for (let at = start; at < end; at++) if (values[at] > highest) highest = values[at];
  const share = 1 / products.exponentiate(place, highest, scale);
  for (let at = start; at < end; at++) values[at] *= share;
}

/**
 * A [row][slot]: joined over the group. The join comes after the softmax, so a row does not sum to 1. What each query
 * head brought is added to `brought` [member][slot], where given.
 */
export function windowAttention(group: GroupAttention, brought: Float64Array | null = null): Float32Array {
  const { values, stride, windowSlots, lengthSlots, groupPooling } = group;
  const attention = new Float32Array(windowSlots * lengthSlots);
  const joinRow = groupPooling === "max" ? joinByMaximum : joinByMean;
  for (let row = 0; row < windowSlots; row++) {
    const at = row * lengthSlots;
    joinRow(group, row, attention.subarray(at, at + lengthSlots), brought);
    if (values[row * stride] === -1) attention.fill(-1, at, at + lengthSlots);
  }
  return attention;
}

/** A slot counts for the head that has the maximum, the first of equals. */
function joinByMaximum(group: GroupAttention, row: number, joined: Float32Array, brought: Float64Array | null): void {
  const { values, stride, memberCount, windowSlots } = group;
  const slotCount = joined.length;
  const memberStride = windowSlots * stride;
  for (let slot = 0; slot < slotCount; slot++) {
    const at = row * stride + slot;
    let largest = values[at];
    let winner = 0;
    for (let member = 1; member < memberCount; member++) {
      const value = values[at + member * memberStride];
      if (value > largest || Number.isNaN(value)) [largest, winner] = [value, member];
    }
    joined[slot] = largest;
    if (brought !== null) brought[winner * slotCount + slot] += largest;
  }
}

/** A slot counts for every head. */
function joinByMean(group: GroupAttention, row: number, joined: Float32Array, brought: Float64Array | null): void {
  const { values, stride, memberCount, windowSlots } = group;
  const slotCount = joined.length;
  for (let member = 0; member < memberCount; member++) {
    const from = (member * windowSlots + row) * stride;
    for (let slot = 0; slot < slotCount; slot++) {
      joined[slot] += values[from + slot] / memberCount;
      if (brought !== null) brought[member * slotCount + slot] += values[from + slot];
    }
  }
}

export interface WindowStatistics {
  /** S, of the term "windowAttention". */
  readonly mean: Float32Array; // [candidate]
  /** Unbiased (w − 1). 0 for w = 1, where the reference divides by zero and its choice is arbitrary. */
  readonly deviation: Float32Array; // [candidate]
}

/** Over the rows of `attention` [row][slot]; the window's own columns are no candidates and drop out. */
export function windowStatistics(attention: Float32Array, windowSlots: number): WindowStatistics {
  const lengthSlots = attention.length / windowSlots;
  const candidateCount = Math.max(0, lengthSlots - windowSlots);
  const mean = new Float32Array(candidateCount);
  const deviation = new Float32Array(candidateCount);
  for (let candidate = 0; candidate < candidateCount; candidate++) {
    let sum = 0;
    for (let at = candidate; at < attention.length; at += lengthSlots) sum += attention[at];
    const average = sum / windowSlots;
    let squares = 0;
    for (let at = candidate; at < attention.length; at += lengthSlots) {
      const difference = attention[at] - average;
      squares += difference * difference;
    }
    mean[candidate] = average;
    deviation[candidate] = Math.sqrt(squares / Math.max(1, windowSlots - 1));
  }
  return { mean, deviation };
}

/**
 * Finch's weighting (kvpress finch_press.py at 8bb29b9): each row of `attention` [row][slot] times the number of keys before
 * its query, mean over the rows. Later queries share their attention among more keys. [candidate]
 */
export function placedAttention(attention: Float32Array, windowSlots: number): Float32Array {
  const lengthSlots = attention.length / windowSlots;
  const candidateCount = Math.max(0, lengthSlots - windowSlots);
  return Float32Array.from({ length: candidateCount }, (_, candidate) => {
    let sum = 0;
    for (let row = 0; row < windowSlots; row++) {
      sum += (candidateCount + row) * attention[row * lengthSlots + candidate];
    }
    return sum / windowSlots;
  });
}

/**
 * Which query head of the group brought a candidate most of its S: −1 where all brought nothing, the first of equals. For
 * the record: no policy reads it. S is a sum over rows. `brought` [member][slot]: as `windowAttention` adds it up. [candidate]
 */
export function votingHeads(group: GroupAttention, brought = broughtBy(group)): Int8Array {
  const { memberCount, windowSlots, lengthSlots } = group;
  const heads = new Int8Array(Math.max(0, lengthSlots - windowSlots));
  for (let candidate = 0; candidate < heads.length; candidate++) {
    let largest = 0;
    let voter = -1;
    for (let member = 0; member < memberCount; member++) {
      const sum = brought[member * lengthSlots + candidate];
      if (sum > largest) [largest, voter] = [sum, member];
    }
    heads[candidate] = voter;
  }
  return heads;
}

function broughtBy(group: GroupAttention): Float64Array {
  const brought = new Float64Array(group.memberCount * group.lengthSlots);
  windowAttention(group, brought);
  return brought;
}

/**
 * What all prompt tokens together pay to each, the start of H2O's running sum with α = 1: column sums of A with one query
 * per slot (w = n). Rows that may see no key count 0. Not normalised: a column can reach n. Methods section 5, note (b).
 */
export function promptAttention(group: GroupAttention): Float32Array {
  const { lengthSlots, windowSlots } = group;
  const attention = windowAttention(group);
  const sums = new Float64Array(lengthSlots);
  for (let row = 0; row < windowSlots; row++) {
    for (let slot = 0; slot < lengthSlots; slot++) sums[slot] += Math.max(0, attention[row * lengthSlots + slot]);
  }
  return new Float32Array(sums);
}
