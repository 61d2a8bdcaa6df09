// The backend without a GPU: it defines what is correct. Plain TypeScript, its matrix products through SIMD where the
// browser has it, with the same bits either way.

import type { Backend, CreateBackend } from "../backend";
import { requireBasis } from "../reading/latentReading";
import { modelOfLayers } from "../selfTest/modelPart";
import { createCpuSession } from "./cpuSession";
import { createCpuProducts } from "./cpuProducts";

export const createCpuBackend: CreateBackend = async (model) => {
  const { products, usesSimd, readBytes } = await createCpuProducts(model.weights);
  const backend: Backend = {
    weightReadBytes: readBytes,
    summary: {
      type: "cpu",
      adapter: usesSimd ? "TypeScript and SIMD" : "plain TypeScript",
      isSoftware: false,
      weightType: "f32",
    },
    createSession: async (request) => {
      const basis = (request.reading ?? null) === null ? null : await requireBasis(model);
      const { layers } = request;
      return createCpuSession(
        { model: layers === undefined ? model : modelOfLayers(model, layers), products, basis },
        request,
      );
    },
    // A CPU is not lost.
    lost: new Promise<string>(() => undefined),
    dispose: () => undefined,
  };
  return backend;
};
