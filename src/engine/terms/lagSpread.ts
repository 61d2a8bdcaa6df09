// Term "lagSpread": how unlike its neighbours a token is, measured against the block that follows. Plain twin of the GPU kernels.
// LagKV (Liang et al. 2025, arXiv:2504.04704); NVIDIA/kvpress lagkv_press.py.

export interface LagInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly values: Float32Array; // [slot][headDim]
  readonly headDim: number;
  /** The first slots, which stand outside the blocks. */
  readonly sinkSlots: number;
  /** Slots of a block. */
  readonly lagSlots: number;
}

/**
 * Behind the sinks, slots are cut into full blocks. In each block but the last, keys and values are put on the scale of the next
 * block (its minimum 0 and maximum 1 in each channel), a token's spread is the deviation over its channels, and a softmax over the
 * block makes them shares; the score is the mean of both shares. All other slots have 1. With fewer than two blocks, sinks have 1
 * and the others a score that rises with their slot, below 1. A channel that never changes in the next block counts as 0, where the
 * press divides by zero. [slot]
 */
export function lagSpread({ keys, values, headDim, sinkSlots, lagSlots }: LagInput): Float32Array {
  const count = keys.length / headDim;
  const scores = new Float32Array(count).fill(1);
  if (count < sinkSlots + 2 * lagSlots) {
    for (let slot = sinkSlots; slot < count; slot++) scores[slot] = (slot - sinkSlots) / (count - sinkSlots);
    return scores;
  }
  for (let start = sinkSlots; start + 2 * lagSlots <= count; start += lagSlots) {
    const shares = [keys, values].map((rows) => blockShares(rows, headDim, start, lagSlots));
    for (let at = 0; at < lagSlots; at++) scores[start + at] = (shares[0][at] + shares[1][at]) / 2;
  }
  return scores;
}

/** Softmax over the block of the spread of each of its tokens on the scale of the next block. [token of the block] */
function blockShares(rows: Float32Array, headDim: number, start: number, lagSlots: number): Float64Array {
  const least = new Float64Array(headDim).fill(Infinity);
  const most = new Float64Array(headDim).fill(-Infinity);
  for (let slot = start + lagSlots; slot < start + 2 * lagSlots; slot++) {
    for (let dim = 0; dim < headDim; dim++) {
      const entry = rows[slot * headDim + dim];
      if (entry < least[dim]) least[dim] = entry;
      if (entry > most[dim]) most[dim] = entry;
    }
  }
  const scaled = new Float64Array(headDim);
  const spreads = new Float64Array(lagSlots);
  let highest = -Infinity;
  for (let at = 0; at < lagSlots; at++) {
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) {
      const range = most[dim] - least[dim];
      scaled[dim] = range > 0 ? (rows[(start + at) * headDim + dim] - least[dim]) / range : 0;
      sum += scaled[dim];
    }
    let squares = 0;
    for (let dim = 0; dim < headDim; dim++) squares += (scaled[dim] - sum / headDim) ** 2;
    spreads[at] = Math.sqrt(squares / (headDim - 1));
    highest = Math.max(highest, spreads[at]);
  }
  let sum = 0;
  for (let at = 0; at < lagSlots; at++) sum += spreads[at] = Math.exp(spreads[at] - highest);
  return spreads.map((weight) => weight / sum);
}
