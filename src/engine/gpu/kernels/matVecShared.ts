// Matrix times vector for real GPUs (shaders/matVecShared.wgsl). Its twin is that of matVec.ts.
// The workgroup size must be a power of two, and at least 4.
import code from "../../../../shaders/matVecShared.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const matVecSharedKernel: KernelSpec = {
  name: "matVecShared",
  code,
  bindings: ["input", "norm", "weight", "bias", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "HAS_NORM", "HAS_BIAS", "HAS_RESIDUAL", "EPSILON"],
  workgroupSize: { software: 4, hardware: 64 },
};
