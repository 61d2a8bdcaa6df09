// The backend without a GPU: it defines what is correct. Plain TypeScript, its matrix products through SIMD where the
// browser has it, with the same bits either way.

import type { Backend, CreateBackend } from "../backend";
import { requireBasis } from "../reading/latentReading";
import { createCpuSession } from "./cpuSession";
import { plainProducts } from "./products";
import { createSimdProducts } from "./simd/simdProducts";

export const createCpuBackend: CreateBackend = (model) => {
  const products = createSimdProducts(model.weights) ?? plainProducts;
  const backend: Backend = {
    summary: {
      type: "cpu",
      adapter: products === plainProducts ? "plain TypeScript" : "TypeScript and SIMD",
      isSoftware: false,
      weightType: "f32",
    },
    createSession: async (request) => {
      const basis = (request.reading ?? null) === null ? null : await requireBasis(model);
      return createCpuSession({ model, products, basis }, request);
    },
    // A CPU is not lost.
    lost: new Promise<string>(() => undefined),
    dispose: () => undefined,
  };
  return Promise.resolve(backend);
};
