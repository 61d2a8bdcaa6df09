// A backend for scripts in Node. The GPU's modules load only when asked for: the CPU must work without them.

import type { Backend, Model } from "../../src/engine/backend";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";

/** Throws InputError where there is no GPU, saying what to install. */
export async function openBackend(type: "cpu" | "gpu", model: Model): Promise<Backend> {
  if (type === "cpu") return createCpuBackend(model);
  const { openNodeGpu } = await import("../nodeGpu");
  const { createGpuBackend } = await import("../../src/engine/gpu/gpuBackend");
  return createGpuBackend(await openNodeGpu(), model);
}
