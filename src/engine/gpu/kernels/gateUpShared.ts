// First half of a SwiGLU block for real GPUs (shaders/gateUpShared.wgsl). Its twin is that of gateUp.ts.
// The workgroup size must be a power of two.
import code from "../../../../shaders/gateUpShared.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const gateUpSharedKernel: KernelSpec = {
  name: "gateUpShared",
  code,
  bindings: ["input", "norm", "weight", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "EPSILON"],
  workgroupSize: { software: 4, hardware: 64 },
};
