// Softmax of the mean cosines (shaders/redundancy.wgsl). Twin: engine/terms/redundancy.ts.
import code from "../../../../shaders/redundancy.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const redundancyKernel: KernelSpec = {
  name: "redundancy",
  code,
  bindings: ["params", "meanCosine", "softmax"],
  overrides: ["WORKGROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 64 },
};
