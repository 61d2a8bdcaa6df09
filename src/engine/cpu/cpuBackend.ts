// The backend without a GPU: it defines what is correct. Plain TypeScript, its matrix products through SIMD where the
// browser has it, with the same bits either way.

import { InputError } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { Backend, CreateBackend, SessionRequest } from "../backend";
import { requireBasis } from "../reading/latentReading";
import { createCpuSession } from "./cpuSession";
import { createCpuProducts } from "./cpuProducts";

/** What turns keys or reads them before they are turned takes for granted that every layer is rotated. */
function refuseUnrotated({ layersWithoutRope = [] }: ModelConfig, { isRerotated, reading }: SessionRequest): void {
  if (layersWithoutRope.length === 0 || (isRerotated !== true && (reading ?? null) === null)) return;
  throw new InputError(
    "some layers of this model have no RoPE, so keys are neither rotated again nor read through latents; choose another policy",
  );
}

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
      refuseUnrotated(model.config, request);
      const basis = (request.reading ?? null) === null ? null : await requireBasis(model);
      return createCpuSession({ model, products, basis }, request);
    },
    // A CPU is not lost.
    lost: new Promise<string>(() => undefined),
    dispose: () => undefined,
  };
  return backend;
};
