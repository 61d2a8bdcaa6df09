// Which query head brought most of a candidate's window attention (shaders/votingHeads.wgsl). Twin: engine/terms/windowAttention.ts.
import code from "../../../../shaders/votingHeads.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const votingHeadsKernel: KernelSpec = {
  name: "votingHeads",
  code,
  bindings: ["params", "probabilities", "votingHeads"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
