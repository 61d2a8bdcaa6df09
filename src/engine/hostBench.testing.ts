// Test bench of the engine host: a tiny model, a page that grants credit, and a GPU whose device can be lost. The GPU
// computes with the CPU backend, so that tokens before and after a loss can be compared.

import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { greedySampling } from "../model/sampling";
import type { ModelSource } from "../model/source";
import { memorySource } from "../model/source";
import { baseParameters } from "../policy/parameters";
import type { PolicyParameters } from "../policy/policy";
import { createTraceBuilder } from "../trace/traceBuilder";
import type { Trace } from "../trace/trace";
import type { Backend, Model, Session } from "./backend";
import type { GpuOutcome, OpenGpu } from "./chooseBackend";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { EngineEdge, EngineHost } from "./engineHost";
import { createEngineHost } from "./engineHost";
import type { EngineCommand, EngineEvent, RunRecipe, RunRequest } from "./protocol";

export const tinyReference = { id: "tiny", label: "Tiny", address: "models/tiny" };

export const tinyParameters: PolicyParameters = {
  ...baseParameters,
  budgetSlots: 10,
  windowSlots: 4,
  intervalSteps: 4,
  smoothing: "max",
  redundancy: "kernel",
  sinkSlots: 0,
  seed: 1,
};

export const tinyRecipe: RunRecipe = {
  promptText: "a b c d e f g h",
  expectedAnswer: null,
  policyId: "gkv",
  parameters: tinyParameters,
  sampling: { ...greedySampling, temperature: 1, seed: 5 },
  maxNewTokens: 24,
  hasTaps: true,
};

/** A run of one lane. */
export function alone(recipe: RunRecipe): RunRequest {
  return { lanes: [recipe], isForced: false };
}

/** No token stops it, so that a run has the length that was asked for. */
export function tinySource(): ModelSource {
  return memorySource("models/tiny", drawCheckpoint({ max_position_embeddings: 2048, eos_token_id: [] }));
}

export interface HostBench {
  readonly host: EngineHost;
  /** Everything posted so far, as the page receives it. */
  readonly events: readonly EngineEvent[];
  send(command: EngineCommand): void;
  /** The first event of this type, and further conditions, from the given place on. */
  waitFor<Type extends EngineEvent["type"]>(type: Type, from?: number): Promise<Extract<EngineEvent, { type: Type }>>;
  /** Waits until so many lanes of a run have ended, from the given place on. */
  waitForEnds(run: number, laneCount: number, from?: number): Promise<void>;
  /** Waits until so many steps of a run have been posted. */
  waitForSteps(run: number, stepCount: number): Promise<void>;
  /** The trace that a page would have built from the events of a run's lane, the first unless another is named. */
  traceOf(run: number, lane?: number): Trace;
}

export interface BenchOptions {
  readonly edge?: Partial<EngineEdge>;
  /** The page answers every step with a credit of one; false withholds all credit. */
  readonly isGranting?: boolean;
  /** Called with every event after it was posted. */
  readonly onEvent?: (event: EngineEvent, bench: HostBench) => void;
}

export function createHostBench({ edge, isGranting = true, onEvent }: BenchOptions = {}): HostBench {
  const events: EngineEvent[] = [];
  let notify: (() => void)[] = [];
  const host = createEngineHost({
    openSource: tinySource,
    createCpuBackend,
    openGpu: () => Promise.resolve({ type: "refused", reason: "No GPU was found." }),
    ...edge,
    post(event, transfer) {
      // As postMessage does: what was transferred is gone on this side.
      const received = structuredClone(event, { transfer });
      events.push(received);
      const isCredited = received.type === "step" || received.type === "watched";
      if (isGranting && isCredited) host.handle({ type: "credit", run: received.run, stepCount: 1 });
      onEvent?.(received, bench);
      const waiting = notify;
      notify = [];
      for (const wake of waiting) wake();
    },
  });

  async function until<Found>(find: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => notify.push(resolve));
    }
  }

  const bench: HostBench = {
    host,
    events,
    send(command) {
      host.handle(command);
      const isStart = command.type === "start" || command.type === "startStream";
      if (isGranting && isStart) host.handle({ type: "credit", run: command.run, stepCount: 2 });
    },
    waitFor: <Type extends EngineEvent["type"]>(type: Type, from = 0) =>
      until(() =>
        events.slice(from).find((event): event is Extract<EngineEvent, { type: Type }> => event.type === type),
      ),
    async waitForEnds(run, laneCount, from = 0) {
      const isEnd = (event: EngineEvent): boolean => event.type === "done" && event.run === run;
      await until(() => (events.slice(from).filter(isEnd).length >= laneCount ? true : undefined));
    },
    async waitForSteps(run, stepCount) {
      await until(() => (stepsOf(events, run).length >= stepCount ? true : undefined));
    },
    traceOf: (run, lane = 0) => buildTrace(events, run, lane),
  };
  return bench;
}

export function stepsOf(events: readonly EngineEvent[], run: number): Extract<EngineEvent, { type: "step" }>[] {
  return events.filter((event) => event.type === "step").filter((event) => event.run === run);
}

function buildTrace(events: readonly EngineEvent[], run: number, lane: number): Trace {
  const ofLane = events
    .filter((event) => "run" in event && "lane" in event)
    .filter((event) => event.run === run && event.lane === lane);
  const started = ofLane.find((event) => event.type === "started");
  if (started === undefined) throw new Error(`lane ${lane} of run ${run} has not started`);
  const builder = createTraceBuilder(started.header);
  for (const event of ofLane) {
    if (event.type === "step") builder.append(event.record, event.eviction);
    if (event.type === "memory") builder.changeMemory(event.memory);
    if (event.type === "done") builder.finish(event.reason);
  }
  return builder.trace;
}

/** Opens GPUs whose device is lost on demand; `isSoftware` as the adapter would say. */
export function breakableGpu(isSoftware = false): OpenGpu {
  return async (model, { isSoftwareAllowed }) => {
    if (isSoftware && !isSoftwareAllowed) return { type: "refused", reason: "The only GPU is emulated." };
    return openBreakable(model, isSoftware);
  };
}

async function openBreakable(model: Model, isSoftware: boolean): Promise<GpuOutcome> {
  const cpu = await createCpuBackend(model);
  let isLost = false;
  let reportLost = (_reason: string): void => undefined;
  const lost = new Promise<string>((resolve) => (reportLost = resolve));
  const backend: Backend = {
    ...cpu,
    summary: { type: "gpu", adapter: "a breakable one", isSoftware, weightType: "f32" },
    lost,
    createSession: async (request) => breakableSession(await cpu.createSession(request), () => isLost),
  };
  return {
    type: "opened",
    backend,
    lose() {
      isLost = true;
      // Work fails first; the loss is reported in a later task.
      setTimeout(() => reportLost("device destroyed"), 5);
    },
  };
}

/** Three forwards in flight, as on a GPU; results that are asked for after the loss never come. */
function breakableSession(session: Session, isLost: () => boolean): Session {
  const refuse = (): void => {
    if (isLost()) throw new Error("the buffer cannot be mapped");
  };
  return {
    ...session,
    ringDepth: 3,
    get lengths() {
      return session.lengths;
    },
    get inFlightCount() {
      return session.inFlightCount;
    },
    async collect() {
      const result = await session.collect();
      await new Promise((resolve) => setTimeout(resolve, 0));
      refuse();
      return result;
    },
    async measureTerms(positions) {
      refuse();
      return session.measureTerms(positions);
    },
    async readEntries() {
      refuse();
      return session.readEntries();
    },
  };
}
