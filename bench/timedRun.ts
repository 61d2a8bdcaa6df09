// One run of the product's decode loop with a clock around it.
import type { Backend } from "../src/engine/backend";
import { createDecodeLoop } from "../src/engine/decodeLoop";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policyById } from "../src/policy/policies";
import type { PolicyParameters } from "../src/policy/policy";
import type { BenchContext } from "./context";
import { median } from "./table";

export interface TimedRunRequest {
  readonly promptCount: number;
  /** Forwards after the prefill that are timed. */
  readonly decodeCount: number;
  readonly policyId: string;
  readonly parameters?: Partial<PolicyParameters>;
  readonly hasTaps: boolean;
}

export interface TimedRun {
  readonly prefillMs: number;
  /** Wall time of the forwards after the prefill, events included, per forward. */
  readonly decodeMs: number;
  /** Median of the acting events after the prefill; NaN when there was none. */
  readonly eventMs: number;
  /** Median wall time of a forward without an event. */
  readonly plainStepMs: number;
  readonly tokens: readonly number[];
}

/** Two untimed forwards after the prefill come first; the text need not make sense, only its length matters. */
export async function timedRun(context: BenchContext, backend: Backend, request: TimedRunRequest): Promise<TimedRun> {
  const warmCount = 2;
  const policy = policyById(request.policyId);
  const loop = await createDecodeLoop(backend, {
    model: context.endlessModel,
    tokenizer: context.tokenizer,
    promptTokens: context.promptTokens(request.promptCount),
    recipe: {
      promptText: "",
      expectedAnswer: null,
      policyId: policy.id,
      parameters: effectiveParameters(policy, request.parameters),
      sampling: greedySampling,
      maxNewTokens: warmCount + request.decodeCount + 1,
      hasTaps: request.hasTaps,
    },
  });
  const start = performance.now();
  const prefill = await loop.next();
  const prefillMs = performance.now() - start - prefill.timings.eventMs;
  const tokens = [prefill.result.token];
  for (let step = 0; step < warmCount; step++) tokens.push((await loop.next()).result.token);

  const eventMs: number[] = [];
  const plainMs: number[] = [];
  const decodeStart = performance.now();
  for (let step = 0; step < request.decodeCount; step++) {
    const stepStart = performance.now();
    const { result, eviction, timings } = await loop.next();
    tokens.push(result.token);
    if (eviction === null) plainMs.push(performance.now() - stepStart);
    else eventMs.push(timings.eventMs);
  }
  const decodeMs = (performance.now() - decodeStart) / request.decodeCount;
  loop.dispose();
  return {
    prefillMs,
    decodeMs,
    eventMs: eventMs.length > 0 ? median(eventMs) : NaN,
    plainStepMs: median(plainMs),
    tokens,
  };
}
