// Compiled kernels of one device. Pipelines are made asynchronously, side by side, and at most once each.
import { InputError } from "../../lib/errors";
import {
  biased,
  kernelSource,
  mergingPacked,
  type KernelSpec,
  type OverrideValues,
  type MatrixForm,
} from "./kernelSpec";
import { isSoftwareDevice } from "./openDevice";
import { hasPackedForm } from "./packedCode";

export interface Kernel {
  readonly spec: KernelSpec;
  readonly pipeline: GPUComputePipeline;
  readonly workgroupSize: number;
}

export type BufferBinding = GPUBuffer | { readonly buffer: GPUBuffer; readonly offset: number; readonly size: number };

export interface KernelRequest {
  readonly spec: KernelSpec;
  /** All but the workgroup's size. */
  readonly overrides: OverrideValues;
  readonly matrixForm?: MatrixForm;
  /** The constants of a session that packs its entries (packedStorage.ts); absent or null: as computed. */
  readonly packing?: string | null;
  /** Instead of the size that the spec chooses for this adapter. */
  readonly workgroupSize?: number;
}

export class KernelCache {
  private readonly modules = new Map<string, GPUShaderModule>();
  private readonly kernels = new Map<string, Promise<Kernel>>();

  constructor(
    readonly device: GPUDevice,
    readonly isSoftware: boolean,
  ) {}

  /** The kernel for these numbers, compiled once. Rejects with the compiler's lines if it does not compile. */
  kernel(request: KernelRequest): Promise<Kernel> {
    const { spec, overrides, matrixForm = "f32", packing = null } = request;
    const preferred = this.isSoftware ? spec.workgroupSize.software : spec.workgroupSize.hardware;
    const constants: Record<string, number> = {
      ...overrides,
      WORKGROUP_SIZE: request.workgroupSize ?? preferred,
    };
    const key = JSON.stringify([spec.name, matrixForm, packing, spec.overrides.map((name) => constants[name])]);
    let kernel = this.kernels.get(key);
    if (kernel === undefined) {
      kernel = this.compile(spec, kernelSource(spec, matrixForm, packing), constants);
      this.kernels.set(key, kernel);
    }
    return kernel;
  }

  private async compile(spec: KernelSpec, code: string, constants: Record<string, number>): Promise<Kernel> {
    const module = this.module(spec.name, code);
    const compute = { module, entryPoint: "main", constants };
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: spec.name,
        layout: "auto",
        compute,
      });
      return { spec, pipeline, workgroupSize: constants.WORKGROUP_SIZE };
    } catch (error) {
      const lines = await compilerLines(module);
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(
        `the GPU does not accept the kernel ${spec.name}: ${[reason, ...lines].join("\n")}; try another browser or the CPU backend`,
      );
    }
  }

  private module(label: string, code: string): GPUShaderModule {
    let module = this.modules.get(code);
    if (module === undefined) {
      // Caught here, a faulty module is reported once, by the pipeline, instead of as an uncaptured error as well.
      this.device.pushErrorScope("validation");
      module = this.device.createShaderModule({ label, code });
      void this.device.popErrorScope().catch(() => null);
      this.modules.set(code, module);
    }
    return module;
  }
}

/** The same kernels in the form that adds a bias to every slot's logit, where they have one. */
export class BiasedKernels extends KernelCache {
  constructor(private readonly plain: KernelCache) {
    super(plain.device, plain.isSoftware);
  }

  override kernel(request: KernelRequest): Promise<Kernel> {
    return this.plain.kernel({ ...request, spec: biased(request.spec) });
  }
}

/** The same kernels in the form for packed entries, where they have one. */
export class PackedKernels extends KernelCache {
  constructor(
    private readonly plain: KernelCache,
    private readonly packing: string,
  ) {
    super(plain.device, plain.isSoftware);
  }

  override kernel(request: KernelRequest): Promise<Kernel> {
    const { spec } = request;
    if (!hasPackedForm(spec.code)) return this.plain.kernel(request);
    return this.plain.kernel({ ...request, spec: mergingPacked(spec), packing: this.packing });
  }
}

async function compilerLines(module: GPUShaderModule): Promise<string[]> {
  const { messages } = await module.getCompilationInfo();
  return messages.map(({ type, lineNum, linePos, message }) => `${type} ${lineNum}:${linePos} ${message}`);
}

const caches = new WeakMap<GPUDevice, KernelCache>();

/** The one cache of a device. */
export function kernelCacheOf(device: GPUDevice): KernelCache {
  let cache = caches.get(device);
  if (cache === undefined) {
    cache = new KernelCache(device, isSoftwareDevice(device));
    caches.set(device, cache);
  }
  return cache;
}

/** Binds buffers to a kernel by the names of its spec. */
export function bindKernel(
  device: GPUDevice,
  { spec, pipeline }: Kernel,
  buffers: Readonly<Record<string, BufferBinding>>,
): GPUBindGroup {
  const entries = spec.bindings.map((name, binding) => {
    const bound = buffers[name];
    if (bound === undefined) throw new Error(`kernel ${spec.name}: nothing bound to ${name}`);
    return { binding, resource: "buffer" in bound ? bound : { buffer: bound } };
  });
  return device.createBindGroup({
    label: spec.name,
    layout: pipeline.getBindGroupLayout(0),
    entries,
  });
}

/** Awaits every field of a record, side by side: kernels compile together. */
export async function allOf<Fields extends Record<string, unknown>>(pending: {
  readonly [Name in keyof Fields]: Promise<Fields[Name]>;
}): Promise<Fields> {
  const entries = Object.entries(pending).map(async ([name, value]) => [name, await value] as const);
  return Object.fromEntries(await Promise.all(entries)) as Fields;
}
