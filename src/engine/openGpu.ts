// A GPU that has taken a model, or in a plain sentence why there is none. `navigator.gpu` is passed in.

import { InputError } from "../lib/errors";
import type { Model } from "./backend";
import type { GpuOutcome } from "./chooseBackend";
import { createGpuBackend } from "./gpu/gpuBackend";
import { openDevice } from "./gpu/openDevice";

/** Asks for an adapter each time: one that gave a device, lost or not, gives no second. */
export async function openGpu(
  gpu: GPU | undefined,
  model: Model,
  { isSoftwareAllowed }: { readonly isSoftwareAllowed: boolean },
): Promise<GpuOutcome> {
  if (gpu === undefined) return refused("This browser has no WebGPU.");
  const opened = await openDevice(gpu);
  if (opened === null) return refused("WebGPU finds no GPU here.");
  const { device, adapter, isSoftware } = opened;
  if (isSoftware && !isSoftwareAllowed) {
    device.destroy();
    return refused(`The only GPU here is emulated in software (${adapter}), which is slower.`);
  }
  try {
    const backend = await createGpuBackend(opened, model);
    return { type: "opened", backend, lose: () => device.destroy() };
  } catch (error) {
    device.destroy();
    if (error instanceof InputError) return refused(`The GPU cannot run this model: ${error.message}.`);
    throw error;
  }
}

function refused(reason: string): GpuOutcome {
  return { type: "refused", reason };
}
