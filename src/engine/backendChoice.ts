// Which backend serves a model: the GPU where a real one fits, else the CPU, and in which words the page hears of it.

import { errorMessage } from "../lib/errors";
import type { Backend, CreateBackend, Model } from "./backend";
import type { BackendChoice } from "./protocol";

/** A GPU that took the model, or in a plain sentence why there is none. */
export type GpuOutcome =
  | { readonly type: "opened"; readonly backend: Backend; /** Loses the device, for tests. */ lose(): void }
  | { readonly type: "refused"; readonly reason: string };

/** Asks the browser for an adapter each time: a lost device cannot be used again. */
export type OpenGpu = (model: Model, options: { readonly isSoftwareAllowed: boolean }) => Promise<GpuOutcome>;

export interface BackendMakers {
  readonly openGpu: OpenGpu;
  readonly createCpuBackend: CreateBackend;
}

export interface OpenedBackend {
  readonly backend: Backend;
  lose(): void;
  /** What the user should know about the choice; null when it is what was asked for. */
  readonly notice: string | null;
}

/** "auto" passes over software adapters, which are slower than the CPU backend; "gpu" takes them. */
export async function chooseBackend(
  model: Model,
  choice: BackendChoice,
  makers: BackendMakers,
): Promise<OpenedBackend> {
  if (choice === "cpu") return openCpu(model, makers, null);
  const outcome = await tryGpu(model, choice, makers);
  if (outcome.type === "opened") return { backend: outcome.backend, lose: () => outcome.lose(), notice: null };
  return openCpu(model, makers, `${outcome.reason} The CPU decodes instead.`);
}

/** A GPU that fails while it is set up counts as one that cannot be used. */
async function tryGpu(model: Model, choice: "auto" | "gpu", makers: BackendMakers): Promise<GpuOutcome> {
  try {
    return await makers.openGpu(model, { isSoftwareAllowed: choice === "gpu" });
  } catch (error) {
    return { type: "refused", reason: `The GPU could not be set up: ${errorMessage(error)}.` };
  }
}

async function openCpu(model: Model, makers: BackendMakers, notice: string | null): Promise<OpenedBackend> {
  return { backend: await makers.createCpuBackend(model), lose: () => undefined, notice };
}
