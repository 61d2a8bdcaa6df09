// Term "chunkAttention": what the slots of a chunk pay to one another when every query sees the whole chunk (kvpress
// non_causal_attention_press.py at 8bb29b9). Plain twin of the GPU kernels chunkRows and chunkAttention.
import { addLogBias } from "../cpu/layerOps";
import type { RowProducts } from "../cpu/products";

export interface ChunkInput {
  /** Of the slots between sinks and window. [slot][headDim], after RoPE */
  readonly keys: Float32Array;
  /** The query of each of these slots. [member][slot][headDim], after RoPE */
  readonly queries: Float32Array;
  readonly headDim: number;
  readonly chunkSlots: number;
  readonly products: RowProducts;
  /** Added to the logit of every slot. Absent: nothing. [slot] */
  readonly logBias?: Float32Array | undefined;
}

interface ChunkRow {
  readonly products: RowProducts;
  /** The newest products. */
  readonly logits: Float32Array;
  readonly at: number;
  readonly fillCount: number;
}

/**
 * Column sums of the softmax over each chunk, without a mask and without 1/√d; mean over the group. The last chunk is filled
 * up with zeros, as in the code, whose mask of −1e-9 hides nothing: they take their part of each softmax, and as queries
 * they pay the same to every slot. [slot]
 */
export function chunkAttention({ keys, queries, headDim, chunkSlots, products, logBias }: ChunkInput): Float32Array {
  const slotCount = keys.length / headDim;
  const memberCount = queries.length / Math.max(1, keys.length);
  const sums = new Float64Array(slotCount);
  for (let start = 0; start < slotCount; start += chunkSlots) {
    const end = Math.min(slotCount, start + chunkSlots);
    const fillCount = chunkSlots - (end - start);
    const bias = logBias?.subarray(start, end);
    products.setRows(keys.subarray(start * headDim, end * headDim), headDim);
    for (let member = 0; member < memberCount; member++) {
      const from = (member * slotCount + start) * headDim;
      const own = queries.subarray(from, from + (end - start) * headDim);
      const { values, stride } = products.multiply(own, end - start);
      for (let row = 0; row < end - start; row++) {
        const at = row * stride;
        if (bias !== undefined) addLogBias(values, bias, 1, at);
        addSoftmax({ products, logits: values, at, fillCount }, sums, start, end);
      }
    }
    for (let slot = start; slot < end; slot++) sums[slot] += (memberCount * fillCount) / chunkSlots;
  }
  return Float32Array.from(sums, (sum) => sum / memberCount);
}

/** Adds the softmax of the logits from `at` on, and of `fillCount` logits of 0, to the sums of slots `start` to `end` − 1. */
function addSoftmax(
  { products, logits, at, fillCount }: ChunkRow,
  sums: Float64Array,
  start: number,
  end: number,
): void {
  const last = at + end - start;
  let peak = fillCount > 0 ? 0 : -Infinity;
  for (let from = at; from < last; from++) if (logits[from] > peak) peak = logits[from];
  const sum = products.exponentiate({ start: at, end: last }, peak, 1, fillCount * Math.exp(-peak));
  for (let slot = start; slot < end; slot++) sums[slot] += logits[at + slot - start] / sum;
}
