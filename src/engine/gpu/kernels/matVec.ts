// Matrix times vector for software adapters (shaders/matVec.wgsl), and the plain twin of both forms.
// Measured on SwiftShader (256×128): barrier-free four rows per invocation 125 µs, a workgroup of 4 per four rows 297 µs.
// Workgroups of 8 to 32 are alike, eight rows per invocation 10 % better: not worth a second shape.
import code from "../../../../shaders/matVec.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";
import { rmsNormTwin } from "./rmsNorm";

export const matVecKernel: KernelSpec = {
  name: "matVec",
  code,
  bindings: ["input", "norm", "weight", "bias", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "HAS_NORM", "HAS_BIAS", "HAS_RESIDUAL", "EPSILON"],
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
