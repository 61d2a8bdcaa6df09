// Mean and deviation of the window attention (shaders/windowStatistics.wgsl). Twin: engine/terms/windowStatistics.ts.
import code from "../../../../shaders/windowStatistics.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const windowStatisticsKernel: KernelSpec = {
  name: "windowStatistics",
  code,
  bindings: ["params", "attention", "mean", "deviation"],
  overrides: ["WORKGROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};
