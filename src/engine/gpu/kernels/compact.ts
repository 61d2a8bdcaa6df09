// Keeps the surviving slots, in place (shaders/compact.wgsl), and its plain twin.
import code from "../../../../shaders/compact.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const compactKernel: KernelSpec = {
  name: "compact",
  code,
  bindings: ["params", "survivors", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT"],
  workgroupSize: { software: 4, hardware: 32 },
};

/** One head's cache of `vectors` [slot][headDim] after only the survivors stayed; what lies behind them is unspecified. */
export function compactTwin(vectors: Float32Array, survivors: ArrayLike<number>, headDim: number): Float32Array {
  const kept = new Float32Array(survivors.length * headDim);
  Array.from(survivors).forEach((slot, at) => {
    kept.set(vectors.subarray(slot * headDim, (slot + 1) * headDim), at * headDim);
  });
  return kept;
}
