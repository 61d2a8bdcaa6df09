// Length of every key (shaders/keyNorm.wgsl). Twin: engine/terms/keyNorm.ts.
import code from "../../../../shaders/keyNorm.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const keyNormKernel: KernelSpec = {
  name: "keyNorm",
  code,
  bindings: ["params", "keys", "norms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
