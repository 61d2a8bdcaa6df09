// Window attention joined over the group (shaders/windowAttention.wgsl). Twin: engine/terms/windowAttention.ts.
import code from "../../../../shaders/windowAttention.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const windowAttentionKernel: KernelSpec = {
  name: "windowAttention",
  code,
  bindings: ["params", "probabilities", "attention"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
