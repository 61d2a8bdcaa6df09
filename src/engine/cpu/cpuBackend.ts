// The backend in plain TypeScript: it defines what is correct and serves visitors without a GPU.

import type { Backend, CreateBackend } from "../backend";
import { cpuTermProbe } from "../terms/cpuTermProbe";
import { createCpuSession } from "./cpuSession";

export const createCpuBackend: CreateBackend = (model) => {
  const backend: Backend = {
    summary: { type: "cpu", adapter: "plain TypeScript", isSoftware: false, weightType: "f32" },
    probe: cpuTermProbe,
    createSession: (request) => Promise.resolve(createCpuSession(model, request)),
    // A CPU is not lost.
    lost: new Promise<string>(() => undefined),
    dispose: () => undefined,
  };
  return Promise.resolve(backend);
};
