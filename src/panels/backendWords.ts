// The machine that computes, in words, and what its check against the CPU found.
import type { BackendCheck, BackendSummary } from "../trace/trace";

/** Says if the GPU is emulated on the CPU. */
export function backendLabel(backend: BackendSummary): string {
  if (backend.type === "cpu") return `CPU: ${backend.adapter}`;
  return `WebGPU${backend.isSoftware ? ", software adapter" : ""}: ${backend.adapter} (${backend.weightType})`;
}

/** "checked at load: its numbers differ from the CPU's by at most 2.1e-6 of their size (4 of 28 layers, 120 ms)" */
export function checkWords({ largestDifference, layerCount, elapsedMs }: BackendCheck, ofLayers: number): string {
  const most =
    largestDifference === 0 ? "not at all" : `by at most ${largestDifference.toExponential(1)} of their size`;
  const layers = layerCount === ofLayers ? `all ${ofLayers} layers` : `${layerCount} of ${ofLayers} layers`;
  return `checked at load: its numbers differ from the CPU's ${most} (${layers}, ${Math.max(1, Math.round(elapsedMs))} ms)`;
}
