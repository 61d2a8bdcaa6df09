// Asks a GPU for a device with all that its adapter gives, and says what it is: a real GPU or an emulated one, and whether
// a model and its cache fit it. `navigator.gpu` is passed in.
import type { ModelConfig } from "../../model/config";
import { kvEntryBytes } from "./kernelSpec";

export interface OpenedDevice {
  readonly device: GPUDevice;
  /** What a person reads: vendor, architecture, description. */
  readonly adapter: string;
  /** A GPU in name only: emulated on the CPU. */
  readonly isSoftware: boolean;
  readonly hasFloat16: boolean;
  /** Largest buffer that a kernel can see at once. */
  readonly bindingBytes: number;
  /** Why this model cannot run here, in plain words; null if it can. */
  readonly obstacle: (config: ModelConfig, demand: ModelDemand) => string | null;
}

const wantedFeatures: readonly GPUFeatureName[] = ["shader-f16", "timestamp-query", "subgroups"];

/** Limits whose default is smaller than what models need; asked for as the adapter has them. */
const wantedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/** A device of the best adapter, or null where there is none. */
export async function openDevice(gpu: GPU): Promise<OpenedDevice | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return null;
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  const { limits } = device;
  const bindingBytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  return {
    device,
    adapter: adapterText(adapter.info),
    isSoftware: isSoftwareAdapter(adapter.info),
    hasFloat16: device.features.has("shader-f16"),
    bindingBytes,
    obstacle: (config, demand) =>
      modelObstacle(config, demand, {
        bindingBytes,
        workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      }),
  };
}

type AdapterInfo = Pick<GPUAdapterInfo, "vendor" | "architecture" | "description">;

/** Vendor, architecture and description, as far as the browser reveals them. */
function adapterText(info: AdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.description].filter((part) => part !== "");
  return parts.length === 0 ? "unnamed GPU" : parts.join(", ");
}

/** A GPU in name only, emulated on the CPU. Browsers flag a fallback adapter; older ones give only its name. */
export function isSoftwareAdapter(info: AdapterInfo & { readonly isFallbackAdapter?: boolean }): boolean {
  return info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterText(info));
}

/** The same of an open device; false where the browser does not say. */
export function isSoftwareDevice(device: GPUDevice): boolean {
  const info = device.adapterInfo as GPUAdapterInfo | undefined;
  return info !== undefined && isSoftwareAdapter(info);
}

interface ModelDemand {
  /** Of a layer's matrices; those of the vocabulary are split. */
  readonly weightBytesPerNumber: number;
  /** KV slots of all layers and KV heads together. */
  readonly slotCount: number;
  /** Queries that a session keeps of each layer. */
  readonly queryRows: number;
}

interface DeviceRoom {
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
  // Logits are spread over two dimensions, gate and up are not: a workgroup for every two rows of each.
  if (config.intermediateSize / 2 > room.workgroupsPerDimension) {
    return `an intermediate size of ${config.intermediateSize} needs more workgroups than the GPU allows (${room.workgroupsPerDimension})`;
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
  { weightBytesPerNumber, slotCount, queryRows }: ModelDemand,
): { name: string; bytes: number }[] {
  const { hiddenSize, intermediateSize, headDim, headCount, layerCount } = config;
  return [
    { name: "a layer’s gate and up matrix", bytes: 2 * intermediateSize * hiddenSize * weightBytesPerNumber },
    { name: "the cache of keys", bytes: (slotCount * kvEntryBytes(headDim)) / 2 },
    { name: "the past queries that the policy reads", bytes: layerCount * queryRows * headCount * headDim * 4 },
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
