// How fast the adapter reads memory: the bandwidth that a decode step is held against. A kernel of its own, over a buffer that no
// cache holds.
import { KernelCache } from "../src/engine/gpu/kernelCache";
import { boundKernel, emptyStats, Recorder } from "../src/engine/gpu/dispatch";
import type { KernelSpec } from "../src/engine/gpu/kernelSpec";
import { openDevice } from "../src/engine/gpu/openDevice";
import code from "./readProbe.wgsl?raw";
import { median } from "./table";

const readProbeKernel: KernelSpec = {
  name: "readProbe",
  code,
  bindings: ["numbers", "sums"],
  overrides: ["WORKGROUP_SIZE", "VECTORS"],
  workgroupSize: { software: 16, hardware: 256 },
};

/** Bytes a second: the median of some passes over the buffer, after one that nobody times. */
export async function readProbe(bufferBytes: number, passCount: number): Promise<number> {
  const opened = await openDevice(navigator.gpu);
  if (opened === null) return NaN;
  const { device } = opened;
  const size = Math.min(bufferBytes, opened.bindingBytes);
  const cache = new KernelCache(device, opened.isSoftware);
  const kernel = await cache.kernel({ spec: readProbeKernel, overrides: { VECTORS: Math.floor(size / 16) } });
  const groupCount = opened.isSoftware ? 256 : 4096;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const numbers = device.createBuffer({ size, usage });
  const sums = device.createBuffer({ size: 4 * groupCount * kernel.workgroupSize, usage });
  const bound = boundKernel(device, kernel, { numbers, sums });
  const seconds: number[] = [];
  for (let pass = 0; pass <= passCount; pass++) {
    const startMs = performance.now();
    const recorder = new Recorder(device, emptyStats(), "read probe");
    recorder.dispatch(bound, [groupCount]);
    recorder.submit();
    await device.queue.onSubmittedWorkDone();
    if (pass > 0) seconds.push((performance.now() - startMs) / 1000);
  }
  device.destroy();
  return size / median(seconds);
}
