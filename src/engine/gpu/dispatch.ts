// One kernel bound to its buffers, and how many workgroups it takes.
import { bindKernel, type BufferBinding, type Kernel } from "./kernelCache";

export type Workgroups = readonly [x: number, y?: number, z?: number];

/** Binds once, dispatches often. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly bindGroup: GPUBindGroup;
}

export function boundKernel(
  device: GPUDevice,
  kernel: Kernel,
  buffers: Readonly<Record<string, BufferBinding>>,
): BoundKernel {
  return { kernel, bindGroup: bindKernel(device, kernel, buffers) };
}

/** Dispatches whole workgroups. */
export function dispatchGroups(
  pass: GPUComputePassEncoder,
  { kernel, bindGroup }: BoundKernel,
  groups: Workgroups,
): void {
  pass.setPipeline(kernel.pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(groups[0], groups[1] ?? 1, groups[2] ?? 1);
}

/** As many workgroups along x as this many invocations need. */
export function groupsFor({ kernel }: BoundKernel, invocationCount: number): number {
  return Math.ceil(invocationCount / kernel.workgroupSize);
}
