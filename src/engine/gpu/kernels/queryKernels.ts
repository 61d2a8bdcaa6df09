// What the scores of queryScores.ts need beyond the window: the newest queries, attention inside chunks and instructions, attention received.
// The twins are the functions of src/engine/terms/; terms of one family share their kernels (../queryTerms.ts).
import futureQueriesCode from "../../../../shaders/futureQueries.wgsl?raw";
import queryCovarianceCode from "../../../../shaders/queryCovariance.wgsl?raw";
import expectedLogitsCode from "../../../../shaders/expectedLogits.wgsl?raw";
import expectedAttentionCode from "../../../../shaders/expectedAttention.wgsl?raw";
import queryAxesCode from "../../../../shaders/queryAxes.wgsl?raw";
import queryPointsCode from "../../../../shaders/queryPoints.wgsl?raw";
import keyPointsCode from "../../../../shaders/keyPoints.wgsl?raw";
import anchorWeightsCode from "../../../../shaders/anchorWeights.wgsl?raw";
import weightedSquaresCode from "../../../../shaders/weightedSquares.wgsl?raw";
import invertMatricesCode from "../../../../shaders/invertMatrices.wgsl?raw";
import valueLeverageCode from "../../../../shaders/valueLeverage.wgsl?raw";
import chunkRowsCode from "../../../../shaders/chunkRows.wgsl?raw";
import chunkAttentionCode from "../../../../shaders/chunkAttention.wgsl?raw";
import instructionRowsCode from "../../../../shaders/instructionRows.wgsl?raw";
import instructionAttentionCode from "../../../../shaders/instructionAttention.wgsl?raw";
import joinedLogitsCode from "../../../../shaders/joinedLogits.wgsl?raw";
import candidateAttentionCode from "../../../../shaders/candidateAttention.wgsl?raw";
import placedAttentionCode from "../../../../shaders/placedAttention.wgsl?raw";
import receivedAttentionCode from "../../../../shaders/receivedAttention.wgsl?raw";
import observedAttentionCode from "../../../../shaders/observedAttention.wgsl?raw";
import compactReceivedCode from "../../../../shaders/compactReceived.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const futureQueriesKernel: KernelSpec = {
  name: "futureQueries",
  code: futureQueriesCode,
  bindings: ["params", "foretold", "queries", "ropeTable", "tableRows", "mean", "deviations"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const queryCovarianceKernel: KernelSpec = {
  name: "queryCovariance",
  code: queryCovarianceCode,
  bindings: ["params", "foretold", "deviations", "covariance"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const expectedLogitsKernel: KernelSpec = {
  name: "expectedLogits",
  code: expectedLogitsCode,
  bindings: ["params", "foretold", "slotTable", "keys", "mean", "covariance", "logits"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const expectedAttentionKernel: KernelSpec = {
  name: "expectedAttention",
  code: expectedAttentionCode,
  bindings: ["params", "foretold", "slotTable", "logits", "attention", "logarithm"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const queryAxesKernel: KernelSpec = {
  name: "queryAxes",
  code: queryAxesCode,
  bindings: ["covariance", "mean", "axes", "variance"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "ROUNDS"],
  workgroupSize: { software: 4, hardware: 32 },
};

export const queryPointsKernel: KernelSpec = {
  name: "queryPoints",
  code: queryPointsCode,
  bindings: ["params", "foretold", "mean", "deviations", "axes", "points"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const keyPointsKernel: KernelSpec = {
  name: "keyPoints",
  code: keyPointsCode,
  bindings: ["params", "slotTable", "keys", "axes", "points"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const anchorWeightsKernel: KernelSpec = {
  name: "anchorWeights",
  code: anchorWeightsCode,
  bindings: ["params", "foretold", "slotTable", "keys", "mean", "weights"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const weightedSquaresKernel: KernelSpec = {
  name: "weightedSquares",
  code: weightedSquaresCode,
  bindings: ["params", "foretold", "slotTable", "values", "weights", "squares"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE", "EPSILON"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const invertMatricesKernel: KernelSpec = {
  name: "invertMatrices",
  code: invertMatricesCode,
  bindings: ["matrices"],
  overrides: ["WORKGROUP_SIZE", "WIDTH"],
  workgroupSize: { software: 4, hardware: 128 },
};

export const valueLeverageKernel: KernelSpec = {
  name: "valueLeverage",
  code: valueLeverageCode,
  bindings: ["params", "slotTable", "values", "weights", "inverses", "leverage"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const chunkRowsKernel: KernelSpec = {
  name: "chunkRows",
  code: chunkRowsCode,
  bindings: ["params", "chunks", "slotTable", "queries", "positions", "keys", "rows"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const chunkAttentionKernel: KernelSpec = {
  name: "chunkAttention",
  code: chunkAttentionCode,
  bindings: ["params", "chunks", "slotTable", "queries", "positions", "keys", "rows", "attention"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const instructionRowsKernel: KernelSpec = {
  name: "instructionRows",
  code: instructionRowsCode,
  bindings: ["params", "slotTable", "queries", "keys", "rows"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const instructionAttentionKernel: KernelSpec = {
  name: "instructionAttention",
  code: instructionAttentionCode,
  bindings: ["params", "instructions", "slotTable", "queries", "keys", "rows", "attention"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE", "IS_VOTES"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const joinedLogitsKernel: KernelSpec = {
  name: "joinedLogits",
  code: joinedLogitsCode,
  bindings: ["params", "slotTable", "queries", "keys", "logits"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const candidateAttentionKernel: KernelSpec = {
  name: "candidateAttention",
  code: candidateAttentionCode,
  bindings: ["params", "slotTable", "logits", "attention"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const placedAttentionKernel: KernelSpec = {
  name: "placedAttention",
  code: placedAttentionCode,
  bindings: ["params", "slotTable", "probabilities", "attention"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const receivedAttentionKernel: KernelSpec = {
  name: "receivedAttention",
  code: receivedAttentionCode,
  bindings: ["params", "slotTable", "probabilities", "receivedSums"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT", "GROUP_SIZE"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const observedAttentionKernel: KernelSpec = {
  name: "observedAttention",
  code: observedAttentionCode,
  bindings: ["params", "slotTable", "positions", "receivedSums", "attention"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const compactReceivedKernel: KernelSpec = {
  name: "compactReceived",
  code: compactReceivedCode,
  bindings: ["params", "survivors", "receivedSums"],
  overrides: ["WORKGROUP_SIZE", "KV_HEAD_COUNT", "HEAD_TOTAL"],
  workgroupSize: { software: 4, hardware: 32 },
};
