// A GPU for a model, or in a plain sentence why there is none.

import type { Model } from "./backend";
import type { GpuOutcome } from "./backendChoice";

export function openGpu(
  gpu: GPU | undefined,
  _model: Model,
  _options: { readonly isSoftwareAllowed: boolean },
): Promise<GpuOutcome> {
  const reason =
    gpu === undefined ? "This browser has no WebGPU." : "Decoding on the GPU is not part of this version yet.";
  return Promise.resolve({ type: "refused", reason });
}
