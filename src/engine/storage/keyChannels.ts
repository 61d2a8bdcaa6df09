// ThinK (arXiv:2407.21018; NVIDIA/kvpress 8bb29b9, think_press.py): the channels of a head's keys that the newest queries
// weigh least.

interface HeadInputs {
  /** After RoPE. [slot][headDim] */
  readonly keys: Float32Array;
  /** The newest queries of the heads that share the keys. [row][headDim] */
  readonly queries: Float32Array;
  readonly headDim: number;
}

/** mean of q² over the queries × mean of k² over the slots. [channel] */
export function channelScores({ keys, queries, headDim }: HeadInputs): Float64Array {
  const ofKeys = meanSquares(keys, headDim);
  return meanSquares(queries, headDim).map((square, channel) => square * ofKeys[channel]);
}

/** The ⌊channels · share⌋ of lowest score, ascending; of equals the first. */
export function weakestChannels(scores: Float64Array, share: number): Int32Array {
  const order = Int32Array.from(scores.keys()).sort((left, right) => scores[left] - scores[right] || left - right);
  return order.slice(0, Math.floor(scores.length * share)).sort();
}

/** The keys with 0 in the `share` of channels that these queries weigh least. [slot][headDim] */
export function withoutWeakChannels(inputs: HeadInputs, share: number): Float32Array<ArrayBuffer> {
  const { keys, headDim } = inputs;
  const thin = Float32Array.from(keys);
  for (const channel of weakestChannels(channelScores(inputs), share)) {
    for (let at = channel; at < thin.length; at += headDim) thin[at] = 0;
  }
  return thin;
}

function meanSquares(rows: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  rows.forEach((value, at) => (sums[at % width] += value * value));
  return sums.map((sum) => sum / (rows.length / width));
}
