// A model's weights on the device: matrices that are multiplied together are joined, half precision where it serves.
import { encodeFloat16 } from "../../lib/float16";
import type { ModelConfig } from "../../model/config";
import { plainMatrix, type LayerWeights, type ModelWeights, type WeightMatrix } from "../../model/weights";
import type { BufferPool } from "./bufferPool";
import type { WeightType } from "./kernelSpec";

export interface GpuLayerWeights {
  readonly attentionNorm: GPUBuffer; // [hidden]
  readonly qkv: GPUBuffer; // [query, key and value rows][hidden]
  readonly qkvBias: GPUBuffer; // [query, key and value rows], or unused
  readonly qkNorm: GPUBuffer; // [query, key][headDim], or unused
  readonly attentionOutput: GPUBuffer; // [hidden][head · headDim]
  readonly mlpNorm: GPUBuffer; // [hidden]
  readonly gateUp: GPUBuffer; // [gate, up][intermediate][hidden]
  readonly down: GPUBuffer; // [hidden][intermediate]
}

export interface GpuWeights {
  readonly embedding: GPUBuffer; // [vocabulary][hidden]
  readonly layers: readonly GpuLayerWeights[];
  readonly finalNorm: GPUBuffer; // [hidden]
  /** The same buffer as `embedding` when tied. */
  readonly output: GPUBuffer; // [vocabulary][hidden]
  /** Bound where a kernel's option is off. */
  readonly unused: GPUBuffer;
}

/** Largest finite number in half precision. */
const LARGEST_FLOAT16 = 65504;

export function uploadWeights(
  pool: BufferPool,
  { weights, config }: { weights: ModelWeights; config: ModelConfig },
  weightType: WeightType,
): GpuWeights {
  const matrix = (label: string, ...parts: readonly WeightMatrix[]): GPUBuffer => {
    const values = joined(parts.map(plainMatrix));
    return pool.filled(label, weightType === "f16" ? encodeFloat16(values) : values);
  };
  const vector = (label: string, ...parts: readonly Float32Array[]): GPUBuffer => pool.filled(label, joined(parts));
  const unused = pool.storage("unused", 16);
  const optional = (label: string, ...parts: readonly (Float32Array | null)[]): GPUBuffer => {
    const present = parts.filter((part) => part !== null);
    return present.length === parts.length ? vector(label, ...present) : unused;
  };
  const layerWeights = (layer: LayerWeights, number: number): GpuLayerWeights => ({
    attentionNorm: vector(`layer ${number} attention norm`, layer.attentionNorm),
    qkv: matrix(`layer ${number} qkv`, layer.query, layer.key, layer.value),
    qkvBias: optional(`layer ${number} qkv bias`, layer.queryBias, layer.keyBias, layer.valueBias),
    qkNorm: optional(`layer ${number} qk norm`, layer.queryNorm, layer.keyNorm),
    attentionOutput: matrix(`layer ${number} attention output`, layer.attentionOutput),
    mlpNorm: vector(`layer ${number} mlp norm`, layer.mlpNorm),
    gateUp: matrix(`layer ${number} gate and up`, layer.gate, layer.up),
    down: matrix(`layer ${number} down`, layer.down),
  });
  const embedding = matrix("embedding", weights.embedding);
  return {
    embedding,
    layers: weights.layers.map(layerWeights),
    finalNorm: vector("final norm", weights.finalNorm),
    output: config.isTied ? embedding : matrix("output", weights.output),
    unused,
  };
}

/** Whether every number of the matrices stays finite in half precision; bfloat16 files can hold larger ones. */
export function fitsFloat16({ embedding, output, layers }: ModelWeights): boolean {
  const isSmall = (matrix: WeightMatrix): boolean =>
    plainMatrix(matrix).every((value) => Math.abs(value) <= LARGEST_FLOAT16);
  const areSmall = (layer: LayerWeights): boolean =>
    [layer.query, layer.key, layer.value, layer.attentionOutput, layer.gate, layer.up, layer.down].every(isSmall);
  return isSmall(embedding) && (output === embedding || isSmall(output)) && layers.every(areSmall);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
