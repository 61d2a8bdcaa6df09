// Row sums of the cosines between keys, and the match each row excuses (shaders/redundancyRows.wgsl): first of three
// kernels. Twins: engine/terms/redundancy.ts, and its redundancyRaw with IS_RAW.
import code from "../../../../shaders/redundancyRows.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const redundancyRowsKernel: KernelSpec = {
  name: "redundancyRows",
  code,
  bindings: ["params", "keys", "norms", "cosineSums", "excusedSlots", "excusedCosines"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "IS_RAW"],
  workgroupSize: { software: 16, hardware: 64 },
};
