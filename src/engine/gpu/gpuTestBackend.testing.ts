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

function logProbabilities(logits: Float32Array): Float64Array {
  const most = logits.reduce((all, each) => Math.max(all, each), -Infinity);
  const sum = logits.reduce((all, each) => all + Math.exp(each - most), 0);
  return Float64Array.from(logits, (each) => each - most - Math.log(sum));
}

/** Mean over the steps of Σ p · ln(p / q), the tokens fed alike. */
export async function meanDivergence(
  [expected, found]: readonly Session[],
  tokens: Int32Array,
  promptCount = 9,
): Promise<number> {
  let sum = 0;
  for (const session of [expected, found]) await session.prefill(tokens.subarray(0, promptCount));
  for (let at = promptCount; at <= tokens.length; at++) {
    const [p, q] = (await Promise.all([expected.readLogits(), found.readLogits()])).map(logProbabilities);
    sum += p.reduce((all, each, token) => all + Math.exp(each) * (each - q[token]), 0);
    for (const session of [expected, found]) {
      await session.collect();
      if (at < tokens.length) session.decode(tokens[at]);
    }
  }
  return sum / (tokens.length + 1 - promptCount);
}
