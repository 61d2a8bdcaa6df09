// Mean and deviation of the window attention (shaders/windowStatistics.wgsl). Twin: engine/terms/windowAttention.ts.
import code from "../../../../shaders/windowStatistics.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const windowStatisticsKernel: KernelSpec = {
  name: "windowStatistics",
  code,
  bindings: ["params", "probabilities", "mean", "deviation"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
