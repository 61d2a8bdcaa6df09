// The backend on WebGPU: a model's weights and kernels on one device, and the watch over that device.
import { InputError } from "../../lib/errors";
import type { Backend, Model, SessionRequest } from "../backend";
import { requireBasis } from "../reading/latentReading";
import { configOfLayers } from "../selfTest/modelPart";
import { evenPools } from "../slotPools";
import { queryRowCount } from "../terms/queryRows";
import { BufferPool } from "./bufferPool";
import type { SessionKernels } from "./decodePass";
import { GpuSession, type SessionHost } from "./gpuSession";
import { fitsFloat16, uploadWeights, type GpuWeights } from "./gpuWeights";
import { matrixForms, numberBytes, vocabularyParts, type MatrixForms } from "./matrixForms";
import { BiasedKernels, KernelCache, kernelCacheOf, PackedKernels } from "./kernelCache";
import { sessionLayout, sumsReceived } from "./sessionBuffers";
import type { WeightType } from "./kernelSpec";
import { compileLatents, type CompiledLatents } from "./latents";
import { createModelKernels, packedModelKernels } from "./modelKernels";
import type { OpenedDevice } from "./openDevice";
import { compilePacking } from "./packedSession";
import { packedStorage, type PackedStorage } from "./packedStorage";
import { compileFamilies } from "./termFamilies";

export interface GpuBackendOptions {
  /** Instead of half precision where the device has it and the weights fit. */
  readonly weightType?: WeightType;
  /** Instead of what the device can bind at once, for the embedding and the output: for tests of their parts. */
  readonly bindingBytes?: number;
  /** Instead of the shapes that suit the adapter: for tests of the other ones. */
  readonly kernelShapes?: "software" | "hardware";
}

export interface GpuBackend extends Backend {
  createSession(request: SessionRequest): Promise<GpuSession>;
}

/**
 * Uploads the weights and compiles the kernels, side by side. Throws InputError if the model does not fit the device.
 * Disposing of the backend ends the device as well: it was opened for this model.
 */
export async function createGpuBackend(
  opened: OpenedDevice,
  model: Model,
  options: GpuBackendOptions = {},
): Promise<GpuBackend> {
  const { device } = opened;
  const watch = watchDevice(device);
  const weightType = options.weightType ?? (opened.hasFloat16 && (await fitsFloat16(model.weights)) ? "f16" : "f32");
  const forms = matrixForms(model.weights, model.config, weightType);
  refuseIfTooLarge(opened, model, forms, { slotCapacity: 1, queryRows: 0 });
  const parts = vocabularyParts(model.config, forms, options.bindingBytes ?? opened.bindingBytes);
  const layout = { forms, parts };
  const { kernelShapes } = options;
  const cache =
    kernelShapes === undefined ? kernelCacheOf(device) : new KernelCache(device, kernelShapes === "software");
  const compiling = createModelKernels(cache, model.config, layout);
  // Awaited once the weights are there, which takes long; a failure before that is not unhandled.
  compiling.catch(() => undefined);
  const pool = new BufferPool(device);
  const { made: uploaded, refusal } = await allocate(device, () => uploadWeights(pool, model, layout));
  if (refusal !== null) {
    pool.dispose();
    throw new InputError("the GPU has no room for the weights; use the CPU backend or a smaller model");
  }
  const kernels = await uploaded
    .fill()
    .then(() => compiling)
    .catch((error: unknown) => {
      pool.dispose();
      throw error;
    });
  const host: SessionHost = {
    device,
    config: model.config,
    filters: model.filters ?? null,
    kernels,
    weights: uploaded.weights,
    vocabulary: parts,
    weightBytes: pool.totalBytes,
    failure: watch.failure,
  };
  return {
    weightReadBytes: readBytes(uploaded.weights),
    summary: { type: "gpu", adapter: opened.adapter, isSoftware: opened.isSoftware, weightType },
    createSession: async (request) => {
      refuseIfTooLarge(opened, model, forms, { ...request, queryRows: queryRowCount(request) });
      if (request.parameters.storage !== "asComputed" && (request.reading ?? null) !== null) {
        throw new InputError("the GPU keeps values of latents as computed; run this on the CPU, or store as computed");
      }
      const storage = sessionStorage(model.config, request);
      const packedCache = storage && new PackedKernels(cache, storage.constants);
      const sessionCache = packedCache ?? cache;
      const modelKernels =
        packedCache === null
          ? host.kernels
          : await packedModelKernels(host.kernels, packedCache, model.config, request.terms);
      const isRotated = request.isRerotated === true;
      const kernels: SessionKernels = {
        headTaps: request.hasHeadTaps === true ? await modelKernels.headTaps() : null,
        received: sumsReceived(request) ? await modelKernels.received() : null,
        turnBack: isRotated ? await modelKernels.turnBack() : null,
        merges: request.merging === undefined ? null : await modelKernels.merges(request.merging.decay),
        termFamilies: await compileFamilies(
          ...[
            request.terms,
            request.merging === undefined ? sessionCache : new BiasedKernels(sessionCache),
            model.config,
            forms.layers.map(({ attentionOutput }) => attentionOutput),
          ],
        ),
        latents: await latentsOf(cache, model, request),
        packing: storage && (await compilePacking(sessionCache, model.config, storage, isRotated)),
      };
      const sessionHost = { ...hostOfLayers(host, request.layers), kernels: modelKernels };
      const { made: session, refusal } = await allocate(device, () => new GpuSession(sessionHost, request, kernels));
      if (refusal === null) return session;
      session.dispose();
      throw new InputError(`the GPU has no room for ${request.slotCapacity} slots; choose a smaller budget or model`);
    },
    lost: watch.lost,
    dispose: () => {
      watch.end();
      pool.dispose();
      device.destroy();
    },
  };
}

/** For a session that leaves layers out. Kernels of terms and events count all layers; such a session has neither. */
function hostOfLayers(host: SessionHost, layers: SessionRequest["layers"]): SessionHost {
  if (layers === undefined) return host;
  const { config, weights } = host;
  const picked = layers.map((layer) => weights.layers[layer]);
  return { ...host, config: configOfLayers(config, layers), weights: { ...weights, layers: picked } };
}

/** Of what the forward of one token multiplies with. */
function readBytes({ layers, output }: GpuWeights): number {
  const matrices = layers.flatMap(({ qkv, attentionOutput, gateUp, down }) => [...qkv, attentionOutput, gateUp, down]);
  return [...matrices, ...output].reduce((bytes, { size }) => bytes + size, 0);
}

/** Null where entries are kept as computed. */
function sessionStorage(config: Model["config"], request: SessionRequest): PackedStorage | null {
  const layerSlots = request.layerSlots ?? evenPools(config, request.slotCapacity);
  return packedStorage(request.parameters, config, layerSlots, sessionLayout(config, request).chunkRows);
}

async function latentsOf(
  cache: KernelCache,
  model: Model,
  { reading = null, slotCapacity }: Pick<SessionRequest, "reading" | "slotCapacity">,
): Promise<CompiledLatents | null> {
  if (reading === null) return null;
  return compileLatents(cache, model.config, { reading, basis: await requireBasis(model), slotCapacity });
}

function refuseIfTooLarge(
  opened: OpenedDevice,
  { config }: Model,
  forms: MatrixForms,
  request: Pick<SessionRequest, "slotCapacity" | "layerSlots"> & { readonly queryRows: number },
): void {
  const { slotCapacity, layerSlots = evenPools(config, slotCapacity), queryRows } = request;
  const slotCount = layerSlots.reduce((sum, slots) => sum + slots, 0);
  const weightBytesPerNumber = Math.max(...forms.layers.map(({ gateUp }) => numberBytes(gateUp)));
  const obstacle = opened.obstacle(config, { weightBytesPerNumber, slotCount, queryRows });
  if (obstacle !== null) throw new InputError(`${obstacle}; use the CPU backend or another model`);
}

interface DeviceWatch {
  readonly lost: Promise<string>;
  readonly failure: () => string | null;
  /** What happens from here on is wanted. */
  end(): void;
}

/** Keeps the first thing that went wrong: a loss, or an error that no call returned (its text names the kernel). */
function watchDevice(device: GPUDevice): DeviceWatch {
  let failure: string | null = null;
  let isEnded = false;
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    failure ??= `the GPU reported an error: ${event.error.message}`;
  });
  const lost = new Promise<string>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      const words = reason === "destroyed" ? "the GPU device was closed" : "the GPU device was lost";
      failure = message === "" ? words : `${words}: ${message}`;
      if (!isEnded) resolve(failure);
    });
  });
  return { lost, failure: () => failure, end: () => (isEnded = true) };
}

interface Allocated<Made> {
  readonly made: Made;
  /** Why the device has no room for it, in its own words; null where it has. */
  readonly refusal: string | null;
}

/**
 * Makes buffers and what binds them. A device refuses buffers silently, so error scopes listen: for lack of memory, and for
 * validation, because a buffer beyond the device's limits is invalid.
 */
async function allocate<Made>(device: GPUDevice, make: () => Made): Promise<Allocated<Made>> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const pop = (): Promise<(GPUError | null)[]> => Promise.all([device.popErrorScope(), device.popErrorScope()]);
  let made: Made;
  try {
    made = make();
  } catch (error) {
    await pop();
    throw error;
  }
  const [found] = (await pop()).filter((error) => error !== null);
  return { made, refusal: found?.message ?? null };
}
