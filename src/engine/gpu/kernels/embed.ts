// Embedding of each token of a chunk (shaders/embed.wgsl), and its plain twin.
import code from "../../../../shaders/embed.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const embedKernel: KernelSpec = {
  name: "embed",
  code,
  bindings: ["tokens", "embedding", "hidden"],
  overrides: ["WORKGROUP_SIZE", "COLUMN_VECTORS"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** [row][hidden] of `embedding` [vocabulary][hidden]. */
export function embedTwin(tokens: Uint32Array, embedding: Float32Array, hiddenSize: number): Float32Array {
  const hidden = new Float32Array(tokens.length * hiddenSize);
  tokens.forEach((token, row) => {
    hidden.set(embedding.subarray(token * hiddenSize, (token + 1) * hiddenSize), row * hiddenSize);
  });
  return hidden;
}
