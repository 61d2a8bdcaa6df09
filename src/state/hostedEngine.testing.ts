// An engine for tests of the page's state: the real one, with the tiny model, in place of a worker.
import { createEngineClient, type EngineClient, type EngineWorker } from "../engine/client";
import { createCpuBackend } from "../engine/cpu/cpuBackend";
import { createEngineHost } from "../engine/engineHost";
import { tinySource } from "../engine/hostBench.testing";
import type { ModelSource } from "../model/source";
import type { EngineCommand, EngineEvent } from "../engine/protocol";

export interface HostedEngines {
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Commands sent to any of them, in order. */
  readonly sent: EngineCommand[];
  /** How many were ended. */
  readonly closedCount: () => number;
}

export function hostEngines(openSource: () => ModelSource = tinySource): HostedEngines {
  const sent: EngineCommand[] = [];
  let closedCount = 0;
  const createWorker = (): EngineWorker => {
    let isClosed = false;
    const host = createEngineHost({
      openSource,
      createCpuBackend,
      openGpu: () => Promise.resolve({ type: "refused", reason: "No GPU was found." }),
      post(event, transfer) {
        const data = structuredClone(event, { transfer });
        queueMicrotask(() => {
          if (!isClosed) worker.onmessage?.({ data } as MessageEvent<EngineEvent>);
        });
      },
    });
    const worker: EngineWorker = {
      ...{ onmessage: null, onerror: null, onmessageerror: null },
      postMessage(command) {
        sent.push(command);
        host.handle(command);
      },
      terminate() {
        isClosed = true;
        closedCount++;
        host.dispose();
      },
    };
    return worker;
  };
  return {
    createEngine: (onEvent) => createEngineClient(onEvent, createWorker),
    sent,
    closedCount: () => closedCount,
  };
}
