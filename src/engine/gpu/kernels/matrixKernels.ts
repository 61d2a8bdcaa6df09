// The kernels that multiply with weights, and what stands between the products; with their plain twins.
// Where there are several forms, `…Shared` is the one for real GPUs, `…Blocks` that for blocks of 32 there: their workgroup size
// must be a power of two, at least 4 for matVec…. The twin of matMul is that of matVec, row by row.
import addNormedCode from "../../../../shaders/addNormed.wgsl?raw";
import embedCode from "../../../../shaders/embed.wgsl?raw";
import matVecCode from "../../../../shaders/matVec.wgsl?raw";
import matVecSharedCode from "../../../../shaders/matVecShared.wgsl?raw";
import matMulCode from "../../../../shaders/matMul.wgsl?raw";
import matVecBlocksCode from "../../../../shaders/matVecBlocks.wgsl?raw";
import gateUpBlocksCode from "../../../../shaders/gateUpBlocks.wgsl?raw";
import gateUpCode from "../../../../shaders/gateUp.wgsl?raw";
import gateUpSharedCode from "../../../../shaders/gateUpShared.wgsl?raw";
import rmsNormCode from "../../../../shaders/rmsNorm.wgsl?raw";
import gateMulCode from "../../../../shaders/gateMul.wgsl?raw";
import type { BlockConfig } from "../../../model/config";
import type { KernelSpec } from "../kernelSpec";

export const embedKernel: KernelSpec = {
  name: "embed",
  code: embedCode,
  bindings: ["tokens", "weight", "hidden"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "FIRST_TOKEN", "ROWS", "SCALE"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** [row][hidden] of `embedding` [vocabulary][hidden], times the scale. */
export function embedTwin(tokens: Uint32Array, embedding: Float32Array, hiddenSize: number, scale = 1): Float32Array {
  const hidden = new Float32Array(tokens.length * hiddenSize);
  tokens.forEach((token, row) => {
    hidden.set(embedding.subarray(token * hiddenSize, (token + 1) * hiddenSize), row * hiddenSize);
  });
  return hidden.map((entry) => entry * scale);
}

const matVecOverrides = [
  ...["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "FIRST_ROW", "HAS_NORM", "HAS_BIAS", "HAS_RESIDUAL", "EPSILON"],
];

// Measured on SwiftShader (256×128): barrier-free four rows per invocation 125 µs, a workgroup of 4 per four rows 297 µs.
// Workgroups of 8 to 32 are alike, eight rows per invocation 10 % better: not worth a second shape.
export const matVecKernel: KernelSpec = {
  name: "matVec",
  code: matVecCode,
  bindings: ["input", "norm", "weight", "bias", "output"],
  overrides: matVecOverrides,
  workgroupSize: { software: 16, hardware: 64 },
};

export interface MatVecInput {
  readonly input: Float32Array; // [column]
  readonly weight: Float32Array; // [row][column]
  /** RMSNorm before the product. [column] */
  readonly norm: Float32Array | null;
  readonly bias: Float32Array | null; // [row]
  readonly epsilon: number;
}

/** weight · norm(input) + bias. [row] */
export function matVecTwin({ input, weight, norm, bias, epsilon }: MatVecInput): Float32Array {
  const vector = norm === null ? input : rmsNormTwin(input, norm, epsilon);
  return Float32Array.from({ length: weight.length / input.length }, (_, row) => {
    let sum = bias === null ? 0 : bias[row];
    for (let column = 0; column < input.length; column++) {
      sum += weight[row * input.length + column] * vector[column];
    }
    return sum;
  });
}

export const matVecSharedKernel: KernelSpec = {
  name: "matVecShared",
  code: matVecSharedCode,
  bindings: ["input", "norm", "weight", "bias", "output"],
  overrides: matVecOverrides,
  workgroupSize: { software: 4, hardware: 64 },
};

/** For forms that have units (hasUnits). Rows of 1,024 columns have as many units of four bits as this has invocations. */
export const matVecBlocksKernel: KernelSpec = {
  name: "matVecBlocks",
  code: matVecBlocksCode,
  bindings: ["input", "norm", "weight", "bias", "output"],
  overrides: [...matVecOverrides, "BLOCKS"],
  workgroupSize: { software: 4, hardware: 32 },
};

export const matMulKernel: KernelSpec = {
  name: "matMul",
  code: matMulCode,
  bindings: ["params", "input", "weight", "bias", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "FIRST_ROW", "OUTPUT_ROWS", "HAS_BIAS", "HAS_RESIDUAL"],
  workgroupSize: { software: 4, hardware: 8 },
};

const gateUpOverrides = ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "IS_GELU", "EPSILON"];

export const gateUpKernel: KernelSpec = {
  name: "gateUp",
  code: gateUpCode,
  bindings: ["input", "norm", "weight", "output"],
  overrides: gateUpOverrides,
  workgroupSize: { software: 16, hardware: 64 },
};

/** activate(gate · h) × (up · h) with h the normalised input; `weight` is [gate, up][row][column]. [row] */
export function gateUpTwin(
  { input, norm, weight, epsilon }: Omit<MatVecInput, "bias"> & { readonly norm: Float32Array },
  activation: BlockConfig["activation"],
): Float32Array {
  const both = matVecTwin({ input, weight, norm, bias: null, epsilon });
  const rowCount = both.length / 2;
  return both.subarray(0, rowCount).map((gate, row) => activated(gate, activation) * both[rowCount + row]);
}

function activated(gate: number, activation: BlockConfig["activation"]): number {
  if (activation === "silu") return gate / (1 + Math.exp(-gate));
  return 0.5 * gate * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (gate + 0.044715 * gate ** 3)));
}

export const gateUpSharedKernel: KernelSpec = {
  name: "gateUpShared",
  code: gateUpSharedCode,
  bindings: ["input", "norm", "weight", "output"],
  overrides: gateUpOverrides,
  workgroupSize: { software: 4, hardware: 64 },
};

export const gateUpBlocksKernel: KernelSpec = {
  name: "gateUpBlocks",
  code: gateUpBlocksCode,
  bindings: ["input", "norm", "weight", "output"],
  overrides: [...gateUpOverrides, "BLOCKS"],
  workgroupSize: { software: 4, hardware: 32 },
};

export const rmsNormKernel: KernelSpec = {
  name: "rmsNorm",
  code: rmsNormCode,
  bindings: ["params", "input", "norm", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "EPSILON"],
  workgroupSize: { software: 4, hardware: 64 },
};

/** One row: input × norm / rms(input). [column] */
export function rmsNormTwin(input: Float32Array, norm: Float32Array, epsilon: number): Float32Array {
  const squares = input.reduce((sum, entry) => sum + entry * entry, 0);
  const scale = 1 / Math.sqrt(squares / input.length + epsilon);
  return input.map((entry, column) => entry * scale * norm[column]);
}

export const gateMulKernel: KernelSpec = {
  name: "gateMul",
  code: gateMulCode,
  bindings: ["gateUp", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "IS_GELU"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** activate(gate) × up. [row][column] of `gateUp` [row][gate, up][column] */
export function gateMulTwin(
  gateUp: Float32Array,
  columnCount: number,
  activation: BlockConfig["activation"],
): Float32Array {
  return Float32Array.from({ length: gateUp.length / 2 }, (_, index) => {
    const base = Math.floor(index / columnCount) * 2 * columnCount + (index % columnCount);
    return activated(gateUp[base], activation) * gateUp[base + columnCount];
  });
}

export const addNormedKernel: KernelSpec = {
  name: "addNormed",
  code: addNormedCode,
  bindings: ["branch", "norm", "hidden"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "EPSILON"],
  workgroupSize: { software: 4, hardware: 64 },
};

/** One row: hidden + branch × norm / rms(branch). [column] */
export function addNormedTwin(
  hidden: Float32Array,
  branch: Float32Array,
  norm: Float32Array,
  epsilon: number,
): Float32Array {
  return rmsNormTwin(branch, norm, epsilon).map((entry, column) => hidden[column] + entry);
}
