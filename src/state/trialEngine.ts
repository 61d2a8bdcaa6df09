// Runs that nobody looks at: a second engine makes them one after the other, for the figures that they leave behind. The live
// run's engine is not touched.
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, ModelReference, RunRequest } from "../engine/protocol";
import type { Trace } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";

/** Where trials are made. */
export interface TrialMachine {
  readonly model: ModelReference;
  readonly backend: BackendChoice;
}

export interface TrialEngine {
  /** The runs of all lanes, once they have ended. Rejects with TrialStopped after `close`, and with what the engine says if it fails. */
  run(machine: TrialMachine, request: RunRequest): Promise<readonly Trace[]>;
  /** Ends the worker; the next run starts another. */
  close(): void;
}

export class TrialStopped extends Error {
  override readonly name = "TrialStopped";
}

interface PresentTrial {
  readonly builders: TraceBuilder[]; // [lane]
  readonly laneCount: number;
  endCount: number;
  readonly resolve: (traces: readonly Trace[]) => void;
  readonly reject: (reason: Error) => void;
}

export function createTrialEngine(createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient): TrialEngine {
  let engine: EngineClient | null = null;
  let loaded: TrialMachine | null = null;
  let present: PresentTrial | null = null;

  const close = (reason: Error): void => {
    engine?.dispose();
    engine = null;
    loaded = null;
    present?.reject(reason);
    present = null;
  };

  const receive = (event: EngineEvent): void => {
    if (event.type === "failed") close(new Error(event.message));
    if (present === null) return;
    if (event.type === "started") present.builders[event.lane] = createTraceBuilder(event.header);
    if (event.type === "memory") present.builders[event.lane].changeMemory(event.memory);
    if (event.type === "step") present.builders[event.lane].append(event.record, event.eviction);
    if (event.type !== "done") return;
    present.builders[event.lane].finish(event.reason);
    present.endCount++;
    if (present.endCount < present.laneCount) return;
    const { resolve, builders } = present;
    present = null;
    resolve(builders.map(({ trace }) => trace));
  };

  return {
    run(machine, request) {
      present?.reject(new TrialStopped());
      engine ??= createEngine(receive);
      if (loaded?.model !== machine.model || loaded.backend !== machine.backend) {
        loaded = machine;
        engine.load(machine.model, machine.backend);
      }
      const going = engine;
      return new Promise((resolve, reject) => {
        present = { builders: [], laneCount: request.lanes.length, endCount: 0, resolve, reject };
        going.start(request, false);
      });
    },
    close: () => close(new TrialStopped()),
  };
}
