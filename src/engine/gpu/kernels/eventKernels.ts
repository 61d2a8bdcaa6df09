// What is measured at an event. The twins are the functions of the same names in src/engine/terms/; the three kernels of
// redundancy share one.
import promptAttentionCode from "../../../../shaders/promptAttention.wgsl?raw";
import windowStatisticsCode from "../../../../shaders/windowStatistics.wgsl?raw";
import votingHeadsCode from "../../../../shaders/votingHeads.wgsl?raw";
import keyNormCode from "../../../../shaders/keyNorm.wgsl?raw";
import redundancyRowsCode from "../../../../shaders/redundancyRows.wgsl?raw";
import redundancyMeanCode from "../../../../shaders/redundancyMean.wgsl?raw";
import redundancyCode from "../../../../shaders/redundancy.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const promptAttentionKernel: KernelSpec = {
  name: "promptAttention",
  code: promptAttentionCode,
  bindings: ["params", "probabilities", "columnSums"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const windowStatisticsKernel: KernelSpec = {
  name: "windowStatistics",
  code: windowStatisticsCode,
  bindings: ["params", "slotTable", "probabilities", "mean", "deviation"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const votingHeadsKernel: KernelSpec = {
  name: "votingHeads",
  code: votingHeadsCode,
  bindings: ["params", "slotTable", "probabilities", "votingHeads"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const keyNormKernel: KernelSpec = {
  name: "keyNorm",
  code: keyNormCode,
  bindings: ["params", "slotTable", "keys", "norms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const redundancyRowsKernel: KernelSpec = {
  name: "redundancyRows",
  code: redundancyRowsCode,
  bindings: ["params", "slotTable", "keys", "norms", "cosineSums", "excusedSlots", "excusedCosines"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "IS_RAW"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const redundancyMeanKernel: KernelSpec = {
  name: "redundancyMean",
  code: redundancyMeanCode,
  bindings: ["params", "slotTable", "cosineSums", "excusedSlots", "excusedCosines", "meanCosine"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const redundancyKernel: KernelSpec = {
  name: "redundancy",
  code: redundancyCode,
  bindings: ["params", "slotTable", "meanCosine", "softmax"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 64 },
};
