// Kernels of a session that reads through latents. Their twins are the functions of src/engine/reading/; attention over the selected
// has those of attentionDecode, over fewer slots, and the compaction that of compact.
import attentionSelectedCode from "../../../../shaders/attentionSelected.wgsl?raw";
import compactLatentsCode from "../../../../shaders/compactLatents.wgsl?raw";
import latentKeysCode from "../../../../shaders/latentKeys.wgsl?raw";
import latentSelectCode from "../../../../shaders/latentSelect.wgsl?raw";
import latentStoreCode from "../../../../shaders/latentStore.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const latentStoreKernel: KernelSpec = {
  name: "latentStore",
  code: latentStoreCode,
  bindings: ["params", "slotTable", "qkv", "qkNorm", "directions", "latents"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "KV_HEAD_COUNT", "HAS_QK_NORM", "EPSILON", "RANK"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const latentKeysKernel: KernelSpec = {
  name: "latentKeys",
  code: latentKeysCode,
  bindings: ["params", "slotTable", "ropeTable", "directions", "readSlots", "latents", "keys"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "RANK", "SET_HEADS", "READ_STRIDE", "IS_SELECTED"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const latentSelectKernel: KernelSpec = {
  name: "latentSelect",
  code: latentSelectCode,
  bindings: ["params", "slotTable", "qkv", "qkNorm", "directions", "latents", "scores", "readSlots"],
  overrides: [
    ...["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "KV_HEAD_COUNT", "HAS_QK_NORM", "EPSILON"],
    ...["RANK", "SCORE_RANK", "SET_HEADS"],
    ...["TOP_SLOTS", "SINK_SLOTS", "RECENT_SLOTS", "READ_STRIDE"],
  ],
  workgroupSize: { software: 4, hardware: 128 },
};

export const attentionSelectedKernel: KernelSpec = {
  name: "attentionSelected",
  code: attentionSelectedCode,
  bindings: ["params", "slotTable", "queries", "keys", "values", "readSlots", "probabilities", "peaks", "output"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "SET_HEADS", "READ_STRIDE"],
  workgroupSize: { software: 4, hardware: 128 },
};

export const compactLatentsKernel: KernelSpec = {
  name: "compactLatents",
  code: compactLatentsCode,
  bindings: ["latentLayers", "survivors", "latents"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT", "HEAD_TOTAL", "RANK", "LAYER_STRIDE"],
  workgroupSize: { software: 4, hardware: 32 },
};
