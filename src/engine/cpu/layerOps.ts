// The pieces of a transformer layer that are no matrix product: normalisation, bias, rotation, gating, softmax.
// All work in place or into a given array; several tokens' rows may lie one behind the other.

/** RMSNorm of every stretch of weight.length values: x / √(mean x² + ε) · weight. `output` may be `input`. */
export function rmsNorm(input: Float32Array, output: Float32Array, weight: Float32Array, epsilon: number): void {
  const width = weight.length;
  for (let start = 0; start < output.length; start += width) {
    let squares = 0;
    for (let i = 0; i < width; i++) squares += input[start + i] * input[start + i];
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) output[start + i] = input[start + i] * scale * weight[i];
  }
}

/** Adds the bias to every stretch of bias.length values. */
export function addBias(values: Float32Array, bias: Float32Array): void {
  for (let start = 0; start < values.length; start += bias.length) {
    for (let i = 0; i < bias.length; i++) values[start + i] += bias[i];
  }
}

export function addInto(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] += addend[i];
}

/** SwiGLU: gate := silu(gate) · up. */
export function gateInto(gate: Float32Array, up: Float32Array): void {
  for (let i = 0; i < gate.length; i++) gate[i] = (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
}

/** GeGLU: gate := gelu(gate) · up, gelu by its approximation with a tanh. */
export function gateByGelu(gate: Float32Array, up: Float32Array): void {
  const width = Math.sqrt(2 / Math.PI);
  for (let i = 0; i < gate.length; i++) {
    const x = gate[i];
    gate[i] = 0.5 * x * (1 + Math.tanh(width * (x + 0.044715 * x * x * x))) * up[i];
  }
}

export function scaleInto(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
}

/**
 * Rotates every head of one token. Half split: dimension i turns with dimension i + headDim / 2.
 * heads [head][headDim], angles [headDim / 2][cosine, sine] as in ropeTable.ts
 */
export function rotateHeads(heads: Float32Array, angles: Float32Array): void {
  const half = angles.length / 2;
  for (let start = 0; start < heads.length; start += 2 * half) {
    for (let pair = 0; pair < half; pair++) {
      const cosine = angles[2 * pair];
      const sine = angles[2 * pair + 1];
      const low = heads[start + pair];
      const high = heads[start + half + pair];
      heads[start + pair] = low * cosine - high * sine;
      heads[start + half + pair] = high * cosine + low * sine;
    }
  }
}

/** Undoes the rotation by these angles: keys and queries look as if written that many positions earlier. */
export function turnHeadsBack(heads: Float32Array, angles: Float32Array): void {
  const half = angles.length / 2;
  for (let start = 0; start < heads.length; start += 2 * half) {
    for (let pair = 0; pair < half; pair++) {
      const cosine = angles[2 * pair];
      const sine = angles[2 * pair + 1];
      const low = heads[start + pair];
      const high = heads[start + half + pair];
      heads[start + pair] = low * cosine + high * sine;
      heads[start + half + pair] = high * cosine - low * sine;
    }
  }
}

/** Adds each slot's bias to products from `start` on, which the softmax will scale. A bias of 0 leaves the bits as they are. */
export function addLogBias(products: Float32Array, logBias: Float32Array, scale: number, start = 0): void {
  const slotCount = Math.min(logBias.length, products.length - start);
  for (let slot = 0; slot < slotCount; slot++) {
    if (logBias[slot] !== 0) products[start + slot] += logBias[slot] / scale;
  }
}

/** Softmax of scale · logits from `start` to `end`, in place. */
export function softmaxInPlace(logits: Float32Array, scale: number, start = 0, end = logits.length): void {
  let highest = -Infinity;
  for (let i = start; i < end; i++) if (logits[i] > highest) highest = logits[i];
  let sum = 0;
  for (let i = start; i < end; i++) {
    const weight = Math.exp((logits[i] - highest) * scale);
    logits[i] = weight;
    sum += weight;
  }
  const share = 1 / sum;
  for (let i = start; i < end; i++) logits[i] *= share;
}
