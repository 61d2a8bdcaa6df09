// Runs that nobody looks at: a second engine makes them one after the other, for the figures that they leave behind. The live
// run's engine is not touched.
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, ModelReference, RunRequest, QuantisedFormat } from "../engine/protocol";
import type { Trace } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";

/** Where trials are made. */
export interface TrialMachine {
  readonly model: ModelReference;
  readonly backend: BackendChoice;
  /** Absent: the weights as they are. */
  readonly weights?: QuantisedFormat;
}

export interface TrialRun {
  readonly traces: readonly Trace[]; // [lane]
  /** Of the first lane, if the request asks for them. [step] of [token] */
  readonly logits: readonly Float32Array[];
  /** From the request until the first lane stood: buffers made, kernels compiled. */
  readonly openMs: number;
}

export interface TrialEngine {
  /** Loads the model, unless it is there. Resolves with the bytes of weights that a token reads. */
  load(machine: TrialMachine): Promise<number>;
  /** Resolves once all lanes have ended. Loads the model first, unless it is there. */
  run(machine: TrialMachine, request: RunRequest): Promise<TrialRun>;
  /** Ends the worker; what is under way rejects with TrialStopped. The next load starts another. */
  close(): void;
}

export class TrialStopped extends Error {
  override readonly name = "TrialStopped";
}

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: Error) => void;
}

interface PresentTrial extends Waiting<TrialRun> {
  readonly builders: TraceBuilder[]; // [lane]
  readonly logits: Float32Array[];
  readonly laneCount: number;
  readonly startedMs: number;
  openMs: number;
  endCount: number;
}

export function createTrialEngine(createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient): TrialEngine {
  let engine: EngineClient | null = null;
  let loaded: string | null = null;
  let weightReadBytes = 0;
  let loading: Waiting<number> | null = null;
  let present: PresentTrial | null = null;

  const close = (reason: Error): void => {
    engine?.dispose();
    engine = null;
    loaded = null;
    loading?.reject(reason);
    loading = null;
    present?.reject(reason);
    present = null;
  };

  const receive = (event: EngineEvent): void => {
    if (event.type === "failed") close(new Error(event.message));
    if (event.type === "ready") {
      ({ weightReadBytes } = event);
      loading?.resolve(weightReadBytes);
      loading = null;
    }
    if (present === null) return;
    if (event.type === "started") {
      present.builders[event.lane] = createTraceBuilder(event.header);
      if (event.lane === 0) present.openMs = performance.now() - present.startedMs;
    }
    if (event.type === "memory") present.builders[event.lane].changeMemory(event.memory);
    if (event.type === "step") {
      present.builders[event.lane].append(event.record, event.eviction);
      if (event.lane === 0 && event.logits !== undefined) present.logits.push(event.logits);
    }
    if (event.type !== "done") return;
    present.builders[event.lane].finish(event.reason);
    present.endCount++;
    if (present.endCount < present.laneCount) return;
    const { resolve, builders, logits, openMs } = present;
    present = null;
    resolve({ traces: builders.map(({ trace }) => trace), logits, openMs });
  };

  const opened = (machine: TrialMachine): EngineClient => {
    engine ??= createEngine(receive);
    const wanted = JSON.stringify(machine);
    if (loaded !== wanted) {
      loaded = wanted;
      engine.load(machine.model, machine.backend, machine.weights);
    }
    return engine;
  };

  return {
    load(machine) {
      if (loaded === JSON.stringify(machine) && loading === null) return Promise.resolve(weightReadBytes);
      return new Promise((resolve, reject) => {
        loading = { resolve, reject };
        opened(machine);
      });
    },
    run(machine, request) {
      present?.reject(new TrialStopped());
      const going = opened(machine);
      return new Promise((resolve, reject) => {
        const counts = { laneCount: request.lanes.length, endCount: 0, openMs: 0, startedMs: performance.now() };
        present = { builders: [], logits: [], ...counts, resolve, reject };
        going.start(request, false);
      });
    },
    close: () => close(new TrialStopped()),
  };
}
