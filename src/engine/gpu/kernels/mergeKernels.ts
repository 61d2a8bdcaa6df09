// Kernels of sessions that merge. Their plain twins: mergePartners and mergeScores in terms/mergeMeasures.ts, mixNormsOf in
// cpu/cpuMerges.ts, mergeSlots in cpu/mergeSlots.ts.
import mergePartnersCode from "../../../../shaders/mergePartners.wgsl?raw";
import mergeScoresCode from "../../../../shaders/mergeScores.wgsl?raw";
import mergeSlotsCode from "../../../../shaders/mergeSlots.wgsl?raw";
import mixNormsCode from "../../../../shaders/mixNorms.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const mergePartnersKernel: KernelSpec = {
  name: "mergePartners",
  code: mergePartnersCode,
  bindings: ["params", "slotTable", "survivors", "evicted", "keys", "partners"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "HEAD_TOTAL"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const mergeScoresKernel: KernelSpec = {
  name: "mergeScores",
  code: mergeScoresCode,
  bindings: ["params", "slotTable", "queries", "keys", "values", "figures", "products"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE", "DECAY"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const mixNormsKernel: KernelSpec = {
  name: "mixNorms",
  code: mixNormsCode,
  bindings: ["params", "slotTable", "weights", "values", "norms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 32 },
};

export const mergeSlotsKernel: KernelSpec = {
  name: "mergeSlots",
  code: mergeSlotsCode,
  bindings: ["params", "slotTable", "targets", "pairs", "queries", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 32 },
};
