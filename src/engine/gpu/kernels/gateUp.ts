// First half of a SwiGLU block, software adapters (shaders/gateUp.wgsl), and the plain twin of both forms.
import code from "../../../../shaders/gateUp.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";
import { matVecTwin } from "./matVec";

export const gateUpKernel: KernelSpec = {
  name: "gateUp",
  code,
  bindings: ["input", "norm", "weight", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS", "ROWS", "EPSILON"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** silu(gate · h) × (up · h) with h the normalised input; `weight` is [gate, up][row][column]. [row] */
export function gateUpTwin(
  input: Float32Array,
  norm: Float32Array,
  weight: Float32Array,
  epsilon: number,
): Float32Array {
  const both = matVecTwin({ input, weight, norm, bias: null, epsilon });
  const rowCount = both.length / 2;
  return both.subarray(0, rowCount).map((gate, row) => (gate / (1 + Math.exp(-gate))) * both[rowCount + row]);
}
