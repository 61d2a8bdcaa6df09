// What is measured of keys and values alone. The twins are the functions of the terms in src/engine/terms/.
import keyAnchorCode from "../../../../shaders/keyAnchor.wgsl?raw";
import keyCosineCode from "../../../../shaders/keyCosine.wgsl?raw";
import filterProductCode from "../../../../shaders/filterProduct.wgsl?raw";
import lagDeviationsCode from "../../../../shaders/lagDeviations.wgsl?raw";
import lagRangesCode from "../../../../shaders/lagRanges.wgsl?raw";
import lagSpreadCode from "../../../../shaders/lagSpread.wgsl?raw";
import leverageCode from "../../../../shaders/leverage.wgsl?raw";
import projectedValueNormCode from "../../../../shaders/projectedValueNorm.wgsl?raw";
import sketchFactorCode from "../../../../shaders/sketchFactor.wgsl?raw";
import sketchKeysCode from "../../../../shaders/sketchKeys.wgsl?raw";
import sketchNormsCode from "../../../../shaders/sketchNorms.wgsl?raw";
import temporalRedundancyCode from "../../../../shaders/temporalRedundancy.wgsl?raw";
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

export const temporalRedundancyKernel: KernelSpec = {
  name: "temporalRedundancy",
  code: temporalRedundancyCode,
  bindings: ["params", "slotTable", "keys", "norms", "patches", "scores"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "FRAME_TOKENS", "RECENT_FRAMES"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const filterProductKernel: KernelSpec = {
  name: "filterProduct",
  code: filterProductCode,
  bindings: ["params", "slotTable", "keys", "filters", "products"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const lagDeviationsKernel: KernelSpec = {
  name: "lagDeviations",
  code: lagDeviationsCode,
  bindings: ["params", "blocks", "slotTable", "keys", "values", "ranges", "deviations"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const lagRangesKernel: KernelSpec = {
  name: "lagRanges",
  code: lagRangesCode,
  bindings: ["params", "blocks", "slotTable", "keys", "values", "ranges"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const lagSpreadKernel: KernelSpec = {
  name: "lagSpread",
  code: lagSpreadCode,
  bindings: ["params", "blocks", "slotTable", "deviations", "scores"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const leverageKernel: KernelSpec = {
  name: "leverage",
  code: leverageCode,
  bindings: ["params", "sketch", "slotTable", "sketched", "means", "factors", "leverages"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const projectedValueNormKernel: KernelSpec = {
  name: "projectedValueNorm",
  code: projectedValueNormCode,
  bindings: ["params", "slotTable", "values", "weight", "norms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "GROUP_SIZE", "HIDDEN_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const sketchFactorKernel: KernelSpec = {
  name: "sketchFactor",
  code: sketchFactorCode,
  bindings: ["params", "sketch", "slotTable", "sketched", "means", "grams", "factors"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const sketchKeysKernel: KernelSpec = {
  name: "sketchKeys",
  code: sketchKeysCode,
  bindings: ["params", "sketch", "slotTable", "keys", "positions", "ropeTable", "tableRows", "columns", "sketched"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const sketchNormsKernel: KernelSpec = {
  name: "sketchNorms",
  code: sketchNormsCode,
  bindings: ["params", "slotTable", "keys", "values", "columns", "keyNorms", "valueNorms"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "COLUMN_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
