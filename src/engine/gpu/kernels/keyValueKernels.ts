// What is measured of keys and values alone. The twins are the functions of the terms in src/engine/terms/.
import keyAnchorCode from "../../../../shaders/keyAnchor.wgsl?raw";
import keyCosineCode from "../../../../shaders/keyCosine.wgsl?raw";
import valueNormCode from "../../../../shaders/valueNorm.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const valueNormKernel: KernelSpec = {
  name: "valueNorm",
  code: valueNormCode,
  bindings: ["params", "slotTable", "values", "norms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const keyAnchorKernel: KernelSpec = {
  name: "keyAnchor",
  code: keyAnchorCode,
  bindings: ["params", "slotTable", "keys", "norms", "anchors"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const keyCosineKernel: KernelSpec = {
  name: "keyCosine",
  code: keyCosineCode,
  bindings: ["params", "slotTable", "keys", "norms", "anchors", "cosines"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
