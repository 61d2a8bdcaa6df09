// Cosine and sine of the rotary position embedding for every position a run can reach, made once and shared by both
// backends. Follows transformers' float32 arithmetic (modeling_rope_utils.py) so that far positions agree with it.

import type { ModelConfig } from "../model/config";
import type { RopeScaling, RopeSettings } from "../model/ropeConfig";

/** What the angles depend on. */
interface RopeShape extends RopeSettings {
  readonly headDim: number;
}

/** The table of every layer: layers that rotate alike share one, and one that does not rotate has angles of zero. [layer] */
export function layerRopeTables(
  { layers, headDim }: Pick<ModelConfig, "layers" | "headDim">,
  positionCapacity: number,
): readonly Float32Array[] {
  const known = new Map<string, Float32Array>();
  return layers.map(({ rope }) => {
    const key = JSON.stringify(rope);
    const table =
      known.get(key) ??
      (rope === null
        ? stillAngles(positionCapacity * headDim)
        : createRopeTable({ headDim, ...rope }, positionCapacity));
    known.set(key, table);
    return table;
  });
}

/** Whether all layers rotate alike. */
export function rotatesAlike({ layers }: Pick<ModelConfig, "layers">): boolean {
  return layers.every(({ rope }) => JSON.stringify(rope) === JSON.stringify(layers[0].rope));
}

/** Angles per position and frequency: [position][headDim / 2][cosine, sine]. */
export function createRopeTable(config: RopeShape, positionCapacity: number): Float32Array {
  const inverseFrequencies = ropeInverseFrequencies(config);
  const pairCount = inverseFrequencies.length;
  // Times 1 changes no bit.
  const length = config.ropeScaling?.type === "yarn" ? config.ropeScaling.attentionFactor : 1;
  const table = new Float32Array(positionCapacity * pairCount * 2);
  for (let position = 0; position < positionCapacity; position++) {
    for (let pair = 0; pair < pairCount; pair++) {
      const angle = Math.fround(position * inverseFrequencies[pair]);
      const at = (position * pairCount + pair) * 2;
      table[at] = Math.cos(angle) * length;
      table[at + 1] = Math.sin(angle) * length;
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
  if (scaling === null) return unscaled;
  if (scaling.type === "yarn") return yarnFrequencies(unscaled, scaling, config);
  return unscaled.map((frequency, pair) => scaledFrequency(frequency, pair, scaling));
}

type Scaling<Type> = Extract<RopeScaling, { readonly type: Type }>;

function scaledFrequency(frequency: number, pair: number, scaling: Exclude<RopeScaling, Scaling<"yarn">>): number {
  switch (scaling.type) {
    case "linear":
      return frequency / scaling.factor;
    case "divisors":
      return frequency / scaling.divisors[pair];
    case "llama3": {
      // Long waves are stretched by the factor, short ones stay, those between are blended.
      const { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositions } = scaling;
      const turns = (originalMaxPositions * frequency) / (2 * Math.PI); // full turns within the original context
      if (turns < lowFrequencyFactor) return frequency / factor;
      if (turns > highFrequencyFactor) return frequency;
      const smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
      return ((1 - smooth) * frequency) / factor + smooth * frequency;
    }
  }
}

/**
 * Yarn (Peng et al. 2023, arXiv:2309.00071): pairs that turn more than betaFast times within the original context stay, those
 * that turn less than betaSlow times are stretched, and a ramp over the pairs between them blends the two.
 */
function yarnFrequencies(
  unscaled: Float32Array,
  { factor, originalMaxPositions, betaFast, betaSlow }: Scaling<"yarn">,
  { headDim, ropeTheta }: RopeShape,
): Float32Array {
  const pairOf = (turns: number): number =>
    (headDim * Math.log(originalMaxPositions / (turns * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const first = Math.max(Math.floor(pairOf(betaFast)), 0);
  const last = Math.min(Math.ceil(pairOf(betaSlow)), headDim - 1);
  const width = first === last ? 0.001 : last - first;
  return unscaled.map((frequency, pair) => {
    const stretched = Math.min(1, Math.max(0, (pair - first) / width));
    return Math.fround(frequency / factor) * stretched + frequency * (1 - stretched);
  });
}

/** Cosines of 1 and sines of 0, which turn nothing. */
function stillAngles(length: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => 1 - (at % 2));
}
