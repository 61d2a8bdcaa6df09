// Mean cosine of each key, less the excused matches (shaders/redundancyMean.wgsl). Twin: engine/terms/redundancy.ts.
import code from "../../../../shaders/redundancyMean.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const redundancyMeanKernel: KernelSpec = {
  name: "redundancyMean",
  code,
  bindings: ["params", "cosineSums", "excusedSlots", "excusedCosines", "meanCosine"],
  overrides: ["WORKGROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};
