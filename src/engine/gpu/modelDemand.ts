// Whether a model and its cache fit a device: shapes that the kernels need, and the largest single buffer.
import { headCountOf } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { kvEntryBytes } from "./kernelSpec";

export interface ModelDemand {
  readonly weightBytesPerNumber: 2 | 4;
  readonly slotCapacity: number;
}

export interface DeviceRoom {
  /** Largest buffer that a kernel can see at once. */
  readonly bindingBytes: number;
  readonly workgroupsPerDimension: number;
}

/** Why a model cannot run, in plain words; null if it can. */
export function modelObstacle(config: ModelConfig, demand: ModelDemand, room: DeviceRoom): string | null {
  const shape = shapeObstacle(config);
  if (shape !== null) return shape;
  for (const { name, bytes } of largestBuffers(config, demand)) {
    if (bytes > room.bindingBytes) {
      return `${name} needs a buffer of ${megabytes(bytes)}, the GPU allows ${megabytes(room.bindingBytes)}`;
    }
  }
  // The widest dispatch: one invocation for every two rows of gate and up, at least four to a workgroup.
  if (Math.max(config.vocabularySize, config.intermediateSize) / 4 > room.workgroupsPerDimension) {
    return `a vocabulary of ${config.vocabularySize} needs more workgroups than the GPU allows (${room.workgroupsPerDimension})`;
  }
  return null;
}

/** Kernels load four numbers at a time and turn halves of a head four by four. */
function shapeObstacle({ hiddenSize, intermediateSize, headDim }: ModelConfig): string | null {
  if (hiddenSize % 4 !== 0 || intermediateSize % 4 !== 0) {
    return `the GPU kernels need hidden and intermediate sizes that 4 divides, this model has ${hiddenSize} and ${intermediateSize}`;
  }
  return headDim % 4 === 0 ? null : `the GPU kernels need a head size that 4 divides, this model has ${headDim}`;
}

function largestBuffers(
  config: ModelConfig,
  { weightBytesPerNumber, slotCapacity }: ModelDemand,
): { name: string; bytes: number }[] {
  const { vocabularySize, hiddenSize, intermediateSize, headDim } = config;
  return [
    { name: "the embedding", bytes: vocabularySize * hiddenSize * weightBytesPerNumber },
    { name: "a layer's gate and up matrix", bytes: 2 * intermediateSize * hiddenSize * weightBytesPerNumber },
    { name: "the cache of keys", bytes: (headCountOf(config) * slotCapacity * kvEntryBytes(headDim)) / 2 },
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
