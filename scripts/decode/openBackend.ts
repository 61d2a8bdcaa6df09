// A backend for scripts in Node. The GPU's modules load only when asked for: the CPU must work without them.

import type { Backend, Model } from "../../src/engine/backend";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";

export async function openBackend(type: "cpu" | "gpu", model: Model): Promise<Backend> {
  return createCpuBackend(model);
}
