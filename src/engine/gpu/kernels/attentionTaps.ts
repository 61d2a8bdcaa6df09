// Attention of the newest query as 8-bit rows (shaders/attentionTaps.wgsl), and its plain twin.
import code from "../../../../shaders/attentionTaps.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const attentionTapsKernel: KernelSpec = {
  name: "attentionTaps",
  code,
  bindings: ["params", "probabilities", "peaks", "results"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "KV_HEAD_COUNT", "LAYER_COUNT", "PEAK_LAYER_STRIDE", "RESULT_WORDS"],
  workgroupSize: { software: 8, hardware: 64 },
};

/** One row: the largest of the group's heads, 255 × p / scale rounded, and that scale. `probabilities` [member][slot] */
export function tapRowTwin(probabilities: readonly Float32Array[]): { row: Uint8Array; scale: number } {
  const joined = probabilities[0].map((_, slot) => Math.max(...probabilities.map((member) => member[slot])));
  const scale = Math.max(...joined);
  return { row: Uint8Array.from(joined, (probability) => Math.round((255 * probability) / scale)), scale };
}
