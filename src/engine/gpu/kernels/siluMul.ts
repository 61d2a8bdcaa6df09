// Middle of a SwiGLU block for a prefill chunk (shaders/siluMul.wgsl), and its plain twin.
import code from "../../../../shaders/siluMul.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const siluMulKernel: KernelSpec = {
  name: "siluMul",
  code,
  bindings: ["gateUp", "output"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** silu(gate) × up. [row][column] of `gateUp` [row][gate, up][column] */
export function siluMulTwin(gateUp: Float32Array, columnCount: number): Float32Array {
  return Float32Array.from({ length: gateUp.length / 2 }, (_, index) => {
    const base = Math.floor(index / columnCount) * 2 * columnCount + (index % columnCount);
    const gate = gateUp[base];
    return (gate / (1 + Math.exp(-gate))) * gateUp[base + columnCount];
  });
}
