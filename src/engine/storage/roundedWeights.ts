// Weights rounded to the values that few bits can say, and kept as numbers: what quantised weights do to the text, without
// their speed. Symmetric codes in groups of neighbouring inputs of an output, with a 16-bit scale; norms and biases stay.

import type { ModelConfig } from "../../model/config";
import { InputError } from "../../lib/errors";
import { isStored, type LayerWeights, type ModelWeights, type WeightMatrix } from "../../model/weights";
import type { WeightRounding } from "../protocol";
import { quantiseRows } from "./quantiser";

export interface RoundedWeights {
  readonly weights: ModelWeights;
  /** Codes and scales, and 16 bits for each number of norms and biases. */
  readonly packedBytes: number;
}

type Widths = Pick<ModelConfig, "hiddenSize" | "intermediateSize" | "headCount" | "headDim">;

export function roundWeights(
  { embedding, layers, finalNorm, output }: ModelWeights,
  { hiddenSize, intermediateSize, headCount, headDim }: Widths,
  rounding: WeightRounding,
): RoundedWeights {
  let packedBytes = 0;
  const matrix = (given: WeightMatrix, width: number): Float32Array => {
    if (isStored(given)) {
      throw new InputError(
        "the model's weights are quantised already: run them as they are, or choose the F32 or F16 file",
      );
    }
    const { rounded, bytes } = roundMatrix(given, width, rounding);
    packedBytes += bytes;
    return rounded;
  };
  const vector = <Numbers extends Float32Array | null>(numbers: Numbers): Numbers => {
    packedBytes += 2 * (numbers?.length ?? 0);
    return numbers;
  };
  const roundLayer = (layer: LayerWeights): LayerWeights => ({
    attentionNorm: vector(layer.attentionNorm),
    query: matrix(layer.query, hiddenSize),
    key: matrix(layer.key, hiddenSize),
    value: matrix(layer.value, hiddenSize),
    queryBias: vector(layer.queryBias),
    keyBias: vector(layer.keyBias),
    valueBias: vector(layer.valueBias),
    queryNorm: vector(layer.queryNorm),
    keyNorm: vector(layer.keyNorm),
    attentionOutput: matrix(layer.attentionOutput, headCount * headDim),
    attentionBranchNorm: vector(layer.attentionBranchNorm),
    mlpBranchNorm: vector(layer.mlpBranchNorm),
    mlpNorm: vector(layer.mlpNorm),
    gate: matrix(layer.gate, hiddenSize),
    up: matrix(layer.up, hiddenSize),
    down: matrix(layer.down, intermediateSize),
  });
  const roundedEmbedding = matrix(embedding, hiddenSize);
  const weights: ModelWeights = {
    embedding: roundedEmbedding,
    layers: layers.map(roundLayer),
    finalNorm: vector(finalNorm),
    output: output === embedding ? roundedEmbedding : matrix(output, hiddenSize),
  };
  return { weights, packedBytes };
}

function roundMatrix(numbers: Float32Array, width: number, { bits, groupSize }: WeightRounding) {
  const quantiser = { bits, isSymmetric: true, hasHalfNumbers: true };
  const rounded = new Float32Array(numbers.length);
  let scaleCount = 0;
  // Row by row, so that a large matrix needs little beside itself.
  for (let start = 0; start < numbers.length; start += width) {
    const row = numbers.subarray(start, start + width);
    const { codes, scales, lows } = quantiseRows(row, width, quantiser, { axis: "channels", groupSize });
    for (let at = 0; at < width; at++) {
      const group = Math.floor(at / groupSize);
      rounded[start + at] = lows[group] + scales[group] * codes[at];
    }
    scaleCount += scales.length;
  }
  return { rounded, bytes: (numbers.length * bits) / 8 + 2 * scaleCount };
}
