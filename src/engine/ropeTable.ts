// Cosine and sine of the rotary position embedding for every position a run can reach, made once and shared by both
// backends. Follows transformers' float32 arithmetic (modeling_rope_utils.py) so that far positions agree with it.

import type { ModelConfig } from "../model/config";
import type { RopeScaling } from "../model/ropeConfig";

/** What the angles depend on. */
type RopeShape = Pick<ModelConfig, "headDim" | "ropeTheta" | "ropeScaling">;

/** Angles per position and frequency: [position][headDim / 2][cosine, sine]. */
export function createRopeTable(config: RopeShape, positionCapacity: number): Float32Array {
  const inverseFrequencies = ropeInverseFrequencies(config);
  const pairCount = inverseFrequencies.length;
  const table = new Float32Array(positionCapacity * pairCount * 2);
  for (let position = 0; position < positionCapacity; position++) {
    for (let pair = 0; pair < pairCount; pair++) {
      const angle = Math.fround(position * inverseFrequencies[pair]);
      const at = (position * pairCount + pair) * 2;
      table[at] = Math.cos(angle);
      table[at + 1] = Math.sin(angle);
    }
  }
  return table;
}

/** Radians per position of each rotated pair, scaled as the model asks. [headDim / 2] */
export function ropeInverseFrequencies(config: RopeShape): Float32Array {
  const pairCount = config.headDim / 2;
  const unscaled = Float32Array.from(
    { length: pairCount },
    (_, pair) => 1 / Math.fround(config.ropeTheta ** Math.fround((2 * pair) / config.headDim)),
  );
  const scaling = config.ropeScaling;
  return scaling === null ? unscaled : unscaled.map((frequency) => scaledFrequency(frequency, scaling));
}

function scaledFrequency(frequency: number, scaling: RopeScaling): number {
  if (scaling.type === "linear") return frequency / scaling.factor;
  // Llama 3: long waves are stretched by the factor, short ones stay, those between are blended.
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositions } = scaling;
  const turns = (originalMaxPositions * frequency) / (2 * Math.PI); // full turns within the original context
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}
