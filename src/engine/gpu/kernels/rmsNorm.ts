// RMSNorm of every row of a prefill chunk (shaders/rmsNorm.wgsl), and its plain twin.
import code from "../../../../shaders/rmsNorm.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const rmsNormKernel: KernelSpec = {
  name: "rmsNorm",
  code,
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
