// Softmax of the rows of attentionScores, in place (shaders/attentionSoftmax.wgsl).
import code from "../../../../shaders/attentionSoftmax.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const attentionSoftmaxKernel: KernelSpec = {
  name: "attentionSoftmax",
  code,
  bindings: ["params", "probabilities"],
  overrides: ["WORKGROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 64 },
};
