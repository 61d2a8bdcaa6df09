// Column sums of the prompt attention (shaders/promptAttention.wgsl). Twin: engine/terms/windowAttention.ts.
import code from "../../../../shaders/promptAttention.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const promptAttentionKernel: KernelSpec = {
  name: "promptAttention",
  code,
  bindings: ["params", "probabilities", "columnSums"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};
