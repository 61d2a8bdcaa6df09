// A kernel bound to its buffers, and a command encoder that opens and closes passes by itself and keeps count.
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

/** As many workgroups along x as this many invocations need. */
export function groupsFor({ kernel }: BoundKernel, invocationCount: number): number {
  return Math.ceil(invocationCount / kernel.workgroupSize);
}

/** What a session asked of the device so far. */
export interface DeviceStats {
  submitCount: number;
  dispatchCount: number;
  readBackBytes: number;
}

export function emptyStats(): DeviceStats {
  return { submitCount: 0, dispatchCount: 0, readBackBytes: 0 };
}

export interface CopyRegion {
  readonly from: GPUBuffer;
  readonly fromBytes?: number;
  readonly to: GPUBuffer;
  readonly toBytes?: number;
  readonly byteCount: number;
}

/** The commands of one submit. */
export class Recorder {
  private readonly encoder: GPUCommandEncoder;
  private pass: GPUComputePassEncoder | null = null;

  constructor(
    private readonly device: GPUDevice,
    private readonly stats: DeviceStats,
    label: string,
  ) {
    this.encoder = device.createCommandEncoder({ label });
  }

  dispatch({ kernel, bindGroup }: BoundKernel, groups: Workgroups): void {
    this.pass ??= this.encoder.beginComputePass();
    this.pass.setPipeline(kernel.pipeline);
    this.pass.setBindGroup(0, bindGroup);
    this.pass.dispatchWorkgroups(groups[0], groups[1] ?? 1, groups[2] ?? 1);
    this.stats.dispatchCount++;
  }

  /** Dispatches as many workgroups along x as this many invocations need. */
  dispatchFor(bound: BoundKernel, invocationCount: number, y = 1, z = 1): void {
    this.dispatch(bound, [groupsFor(bound, invocationCount), y, z]);
  }

  copy({ from, fromBytes = 0, to, toBytes = 0, byteCount }: CopyRegion): void {
    this.endPass();
    this.encoder.copyBufferToBuffer(from, fromBytes, to, toBytes, byteCount);
  }

  submit(): void {
    this.endPass();
    this.device.queue.submit([this.encoder.finish()]);
    this.stats.submitCount++;
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = null;
  }
}
