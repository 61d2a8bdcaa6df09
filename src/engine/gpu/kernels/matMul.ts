// Matrix times every row of a prefill chunk (shaders/matMul.wgsl). Row by row its twin is that of matVec.ts.
import code from "../../../../shaders/matMul.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const matMulKernel: KernelSpec = {
  name: "matMul",
  code,
  bindings: ["params", "input", "weight", "bias", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "HAS_BIAS", "HAS_RESIDUAL"],
  workgroupSize: { software: 4, hardware: 8 },
};
