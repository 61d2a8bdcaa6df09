// Which backend serves a model: the GPU where a real one fits and computes what the CPU computes (selfTest/), else the CPU. A
// GPU that computes wrongly is named. The CPU takes over from it where the model is small enough to be of use there.

import { errorMessage, InputError } from "../lib/errors";
import { countParameters } from "../model/weightLayout";
import { MOST_CPU_PARAMETERS, type BackendCheck } from "../trace/trace";
import type { Backend, CreateBackend, Model } from "./backend";
import type { BackendChoice, LoadNotice } from "./protocol";
import { checkBackend } from "./selfTest/selfTest";

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
  /** Null when the choice is what was asked for. */
  readonly notice: LoadNotice | null;
  /** Of a GPU; null on the CPU. */
  readonly check: BackendCheck | null;
}

/**
 * "auto" passes over software adapters, which are slower than the CPU backend; "gpu" takes them. `onCheck` is called when the
 * GPU has the model and is about to be compared with the CPU. Rejects with InputError where nothing can run the model.
 */
export async function chooseBackend(
  model: Model,
  choice: BackendChoice,
  makers: BackendMakers,
  onCheck: () => void = () => undefined,
): Promise<OpenedBackend> {
  if (choice === "cpu") return openCpu(model, makers, null);
  const outcome = await tryGpu(model, choice, makers);
  if (outcome.type === "refused") return openCpu(model, makers, insteadOf("info", outcome.reason));
  const { backend } = outcome;
  onCheck();
  const found = await checkGpu(backend, model, makers);
  if (typeof found !== "string") return { backend, lose: () => outcome.lose(), notice: null, check: found };
  backend.dispose();
  const parameterCount = countParameters(model.config);
  if (parameterCount <= MOST_CPU_PARAMETERS) return openCpu(model, makers, insteadOf("warning", found));
  throw new InputError(
    `${found} The CPU takes over for models of up to ${millions(MOST_CPU_PARAMETERS)} parameters, and this one has ${millions(parameterCount)}: choose a smaller model, try another browser or graphics driver, or set the backend to CPU and have patience.`,
  );
}

/** What the comparison found, or in a plain sentence why this GPU must not be used. */
async function checkGpu(backend: Backend, model: Model, makers: BackendMakers): Promise<BackendCheck | string> {
  const { adapter } = backend.summary;
  let check: BackendCheck;
  try {
    check = await checkBackend(backend, model, makers.createCpuBackend);
  } catch (error) {
    if (!(error instanceof InputError)) return `The GPU (${adapter}) failed in its check: ${errorMessage(error)}.`;
    backend.dispose();
    throw error;
  }
  const { largestDifference, place, tolerance } = check;
  if (largestDifference <= tolerance) return check;
  const finding = Number.isFinite(largestDifference)
    ? `${place} are off by ${largestDifference.toPrecision(2)} of their size, where rounding explains ${tolerance}`
    : `${place} are not what any rounding could give`;
  return `The GPU (${adapter}) computes this model wrongly: compared with the CPU, ${finding}.`;
}

/** A GPU that fails while it is set up counts as one that cannot be used. */
async function tryGpu(model: Model, choice: "auto" | "gpu", makers: BackendMakers): Promise<GpuOutcome> {
  try {
    return await makers.openGpu(model, { isSoftwareAllowed: choice === "gpu" });
  } catch (error) {
    return { type: "refused", reason: `The GPU could not be set up: ${errorMessage(error)}.` };
  }
}

function insteadOf(tone: LoadNotice["tone"], reason: string): LoadNotice {
  return { tone, text: `${reason} The CPU decodes instead.` };
}

async function openCpu(model: Model, makers: BackendMakers, notice: LoadNotice | null): Promise<OpenedBackend> {
  return { backend: await makers.createCpuBackend(model), lose: () => undefined, notice, check: null };
}

function millions(count: number): string {
  return `${Math.round(count / 1e6).toLocaleString("en")} million`;
}
