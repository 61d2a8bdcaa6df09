// Runs one kernel once on arrays: what the twin tests do with every kernel. Needs a browser with WebGPU.
import { randomStream } from "../../lib/random";
import { boundKernel, emptyStats, Recorder, type Workgroups } from "./dispatch";
import { kernelCacheOf } from "./kernelCache";
import type { KernelSpec, OverrideValues, MatrixForm } from "./kernelSpec";
import { openDevice, type OpenedDevice } from "./openDevice";
import { encodeParams, type ParamValues } from "./params";

export type Numbers =
  Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

export interface KernelRun {
  readonly spec: KernelSpec;
  readonly overrides: OverrideValues;
  readonly params?: ParamValues;
  /** Content of every storage buffer before the run, by binding name. */
  readonly buffers: Readonly<Record<string, Numbers>>;
  /** Workgroups, given the invocations of each. */
  readonly groups: (workgroupSize: number) => Workgroups;
  readonly workgroupSize?: number;
  readonly matrixForm?: MatrixForm;
  readonly packing?: string;
}

let opened: Promise<OpenedDevice> | null = null;

/** The device that the tests of a file share. */
export function testDevice(): Promise<OpenedDevice> {
  opened ??= openDevice(navigator.gpu).then((device) => {
    if (device === null) throw new Error("this browser has no WebGPU adapter");
    return device;
  });
  return opened;
}

/** Content of one buffer after the run, as float32. */
export async function runKernel(run: KernelRun, output: string): Promise<Float32Array> {
  const outputs = await runKernelOutputs(run, [output]);
  return new Float32Array(outputs[output]);
}

/** Content of several buffers after the run, as bytes. */
export async function runKernelOutputs<Name extends string>(
  run: KernelRun,
  outputs: readonly Name[],
): Promise<Record<Name, ArrayBuffer>> {
  const { device } = await testDevice();
  const kernel = await kernelCacheOf(device).kernel(run);
  device.pushErrorScope("validation");
  const buffers: Record<string, GPUBuffer> = {};
  for (const [name, data] of Object.entries(run.buffers)) {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    buffers[name] = device.createBuffer({ label: name, size: Math.max(16, Math.ceil(data.byteLength / 4) * 4), usage });
    device.queue.writeBuffer(buffers[name], 0, data);
  }
  if (run.params !== undefined) {
    const block = encodeParams(run.params);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    buffers.params = device.createBuffer({ label: "params", size: block.byteLength, usage });
    device.queue.writeBuffer(buffers.params, 0, block);
  }
  const bound = boundKernel(device, kernel, buffers);
  const recorder = new Recorder(device, emptyStats(), run.spec.name);
  recorder.dispatch(bound, run.groups(kernel.workgroupSize));
  const readBacks = outputs.map((name) => {
    const size = run.buffers[name].byteLength;
    const readBack = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    recorder.copy({ from: buffers[name], to: readBack, byteCount: size });
    return { name, readBack };
  });
  recorder.submit();
  const error = await device.popErrorScope();
  if (error !== null) throw new Error(`kernel ${run.spec.name}: ${error.message}`);
  const results: Partial<Record<Name, ArrayBuffer>> = {};
  for (const { name, readBack } of readBacks) {
    await readBack.mapAsync(GPUMapMode.READ);
    results[name] = readBack.getMappedRange().slice(0);
    readBack.destroy();
  }
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return results as Record<Name, ArrayBuffer>;
}

/** A slot table of one layer: heads of these lengths, each with room for `slotCapacity` slots. */
export function slotTable(lengths: readonly number[], slotCapacity: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(lengths.flatMap((length, kvHead) => [kvHead * slotCapacity, length]));
}

/** Largest difference, as a share of the largest expected magnitude. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers, expected ${expected.length}`);
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(found[i])) return NaN;
    difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return magnitude === 0 ? difference : difference / magnitude;
}

/** Seeded numbers in (−1, 1). */
export function testNumbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  const draws = randomStream(seed);
  return Float32Array.from({ length: count }, () => 2 * draws.uniform() - 1);
}
