// Scores of many queries against the keys (shaders/attentionScores.wgsl): first of three kernels whose twin, together,
// is that of attentionDecode.ts row by row; for the window it is engine/terms/windowAttention.ts.
import code from "../../../../shaders/attentionScores.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const attentionScoresKernel: KernelSpec = {
  name: "attentionScores",
  code,
  bindings: ["params", "queries", "keys", "scores"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
