// Asks a GPU for a device with all that its adapter gives, and says what came out of it. `navigator.gpu` is passed in.
import type { ModelConfig } from "../../model/config";
import { adapterText, isSoftwareAdapter } from "./adapterClass";
import { modelObstacle, type ModelDemand } from "./modelDemand";

export interface OpenedDevice {
  readonly device: GPUDevice;
  /** What a person reads: vendor, architecture, description. */
  readonly adapter: string;
  /** A GPU in name only: emulated on the CPU. */
  readonly isSoftware: boolean;
  readonly hasFloat16: boolean;
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
  return {
    device,
    adapter: adapterText(adapter.info),
    isSoftware: isSoftwareAdapter(adapter.info),
    hasFloat16: device.features.has("shader-f16"),
    obstacle: (config, demand) =>
      modelObstacle(config, demand, {
        bindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
        workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      }),
  };
}
