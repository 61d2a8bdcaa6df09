// Weighted values of a prefill chunk (shaders/attentionMix.wgsl).
import code from "../../../../shaders/attentionMix.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const attentionMixKernel: KernelSpec = {
  name: "attentionMix",
  code,
  bindings: ["params", "probabilities", "values", "output"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
