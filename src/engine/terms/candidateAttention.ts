// Term "candidateAttention": window attention as R-KV's own repository computes it (Zefan-Cai/R-KV rkv/utils.py and
// rkv/compression at d15c976). The group is joined before the softmax, and the window's own columns are no part of it.
// Plain twin of the GPU kernels joinedLogits and candidateAttention; methods section 12.
import { createPlainRowProducts } from "../cpu/products";
import type { WindowInput } from "./windowAttention";

/** q·k/√d, joined over the query heads of the group. [row][slot] */
export function joinedLogits(input: WindowInput): Float32Array {
  const { keys, queries, headDim, windowSlots, groupPooling, products = createPlainRowProducts(), logBias } = input;
  const lengthSlots = keys.length / headDim;
  const memberCount = queries.length / (windowSlots * headDim);
  products.setRows(keys, headDim);
  const { values, stride } = products.multiply(queries, lengthSlots);
  const scale = 1 / Math.sqrt(headDim);
  const logits = new Float32Array(windowSlots * lengthSlots);
  for (let row = 0; row < windowSlots; row++) {
    for (let slot = 0; slot < lengthSlots; slot++) {
      let largest = -Infinity;
      let sum = 0;
      for (let member = 0; member < memberCount; member++) {
        const logit = values[(member * windowSlots + row) * stride + slot];
        if (logit > largest) largest = logit;
        sum += logit;
      }
      logits[row * lengthSlots + slot] =
        (groupPooling === "max" ? largest : sum / memberCount) * scale + (logBias?.[slot] ?? 0);
    }
  }
  return logits;
}

/** Softmax of every row over the candidates alone, mean over the rows. `logits` [row][slot] → [candidate] */
export function candidateAttention(logits: Float32Array, windowSlots: number): Float32Array {
  const lengthSlots = logits.length / windowSlots;
  const candidateCount = Math.max(0, lengthSlots - windowSlots);
  const mean = new Float64Array(candidateCount);
  for (let row = 0; row < windowSlots; row++) {
    const own = logits.subarray(row * lengthSlots, row * lengthSlots + candidateCount);
    let peak = -Infinity;
    for (let candidate = 0; candidate < candidateCount; candidate++) if (own[candidate] > peak) peak = own[candidate];
    let sum = 0;
    for (let candidate = 0; candidate < candidateCount; candidate++) sum += Math.exp(own[candidate] - peak);
    for (let candidate = 0; candidate < candidateCount; candidate++) {
      mean[candidate] += Math.exp(own[candidate] - peak) / sum / windowSlots;
    }
  }
  return Float32Array.from(mean);
}
