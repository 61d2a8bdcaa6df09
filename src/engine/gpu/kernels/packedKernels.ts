// What packs entries where a run stores them in few bits. Their plain twin is cpu/packedKv.ts, block by block.
import keepSlotsCode from "../../../../shaders/keepSlots.wgsl?raw";
import packSlotsCode from "../../../../shaders/packSlots.wgsl?raw";
import replaceSlotsCode from "../../../../shaders/replaceSlots.wgsl?raw";
import repackSlotsCode from "../../../../shaders/repackSlots.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const packSlotsKernel: KernelSpec = {
  name: "packSlots",
  code: packSlotsCode,
  bindings: ["params", "slotTable", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const keepSlotsKernel: KernelSpec = {
  name: "keepSlots",
  code: keepSlotsCode,
  bindings: ["params", "slotTable", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const replaceSlotsKernel: KernelSpec = {
  name: "replaceSlots",
  code: replaceSlotsCode,
  bindings: ["params", "slotTable", "targets", "merged", "unpacked", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const repackSlotsKernel: KernelSpec = {
  name: "repackSlots",
  code: repackSlotsCode,
  bindings: ["params", "oldTable", "slotTable", "survivors", "ropeTable", "oldKeys", "oldValues", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_TOTAL", "IS_ROTATED"],
  workgroupSize: { software: 4, hardware: 64 },
};
