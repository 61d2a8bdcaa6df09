// What the backend's tests share: backends that are closed again, a plain request, a run of tokens.
import { greedySampling } from "../../model/sampling";
import type { Model, Session, SessionRequest } from "../backend";
import { createGpuBackend, type GpuBackend, type GpuBackendOptions } from "./gpuBackend";
import { openDevice } from "./openDevice";
import { baseParameters } from "../../policy/parameters";

const opened: GpuBackend[] = [];

export async function openTestBackend(model: Model, options: GpuBackendOptions = {}): Promise<GpuBackend> {
  const device = await openDevice(navigator.gpu);
  if (device === null) throw new Error("this browser has no WebGPU adapter");
  const backend = await createGpuBackend(device, model, { weightType: "f32", ...options });
  opened.push(backend);
  return backend;
}

export function closeTestBackends(): void {
  for (const backend of opened) backend.dispose();
}

export const plainRequest: SessionRequest = {
  slotCapacity: 128,
  positionCapacity: 128,
  windowSlots: 4,
  sampling: greedySampling,
  stopTokens: [],
  hasTaps: false,
  terms: [],
  parameters: baseParameters,
};

/** As many tokens as asked for, with as many forwards in flight as the session likes. */
export async function generate(session: Session, tokenCount: number): Promise<number[]> {
  const tokens: number[] = [];
  let startedCount = session.inFlightCount;
  while (tokens.length < tokenCount) {
    for (; startedCount < tokenCount && session.inFlightCount < session.ringDepth; startedCount++) session.decode();
    tokens.push((await session.collect()).token);
  }
  return tokens;
}
