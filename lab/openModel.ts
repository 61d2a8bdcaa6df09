// Opens a model with a backend, in Node.

import type { Backend, Model } from "../src/engine/backend";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { modelSummary } from "../src/engine/traceRecords";
import type { LoadedModel } from "../src/model/loadModel";
import type { ModelSummary } from "../src/trace/trace";
import { modelName, readModel } from "../scripts/readModel";

export interface OpenedModel {
  readonly loaded: LoadedModel;
  readonly backend: Backend;
  readonly summary: ModelSummary;
}

/** A folder or a GGUF file. Without an entry the model is named after it. Throws InputError for a model or a backend that cannot be used. */
export async function openModel(
  folder: string,
  backend: "cpu" | "gpu" = "cpu",
  entry?: { readonly id: string; readonly label: string },
): Promise<OpenedModel> {
  const loaded = await readModel(folder);
  const name = modelName(folder);
  return {
    loaded,
    backend: await openBackend(backend, loaded),
    summary: modelSummary(entry ?? { id: name, label: name }, loaded),
  };
}

/** The GPU's modules load only when asked for: the CPU must work without them. Throws InputError if there is no GPU. */
export async function openBackend(type: "cpu" | "gpu", model: Model): Promise<Backend> {
  if (type === "cpu") return createCpuBackend(model);
  const { openNodeGpu } = await import("../scripts/nodeGpu");
  const { createGpuBackend } = await import("../src/engine/gpu/gpuBackend");
  return createGpuBackend(await openNodeGpu(), model);
}
