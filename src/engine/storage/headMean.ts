// TaDA (arXiv:2506.04642, methods section 23): the mean of a token's entries over the KV heads of a layer is stored once, at
// 16 bits, and each head stores its deviation from it, quantised. No code is published; notes of the paper say mean minus
// head, and we follow them. Rotation is the same for all heads at a position, so it makes no difference on which side of RoPE
// the mean is taken.

import { halfNearest, halfValues } from "../../lib/float16";

/** The mean over heads of one token's keys or values, as 16 bits keep it. entries [kvHead][headDim] → [headDim] */
export function headMean(entries: Float32Array, headDim: number): Uint16Array {
  const kvHeadCount = entries.length / headDim;
  return Uint16Array.from({ length: headDim }, (_, dim) => {
    let sum = 0;
    for (let at = dim; at < entries.length; at += headDim) sum += entries[at];
    return halfNearest(sum / kvHeadCount);
  });
}

/** row := mean − row, for as many numbers as there are means: from heads to deviations, and back again. */
export function takeFromMean(means: Uint16Array, rows: Float32Array): void {
  const valueOf = halfValues();
  for (let at = 0; at < means.length; at++) rows[at] = valueOf[means[at]] - rows[at];
}
