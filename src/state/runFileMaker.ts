// Run files of runs, made in a worker: encoding a long run takes longer than a page may stand still. Without workers (in
// Node, or if the browser refuses one) they are made here.
import { createModuleWorker } from "../lib/moduleWorker";
import { lightTrace } from "../trace/file/lightTrace";
import { encodeRunFile } from "../trace/file/runFile";
import type { EvictionEvent, Trace } from "../trace/trace";
import type { MakerAnswer, MakerMessage } from "./runFileWorker";
import workerAddress from "./runFileWorker.ts?worker&url";

export interface RunFileMaker {
  /** The files of all runs, in order; one kind after the other. */
  make(isLight: boolean): Promise<readonly Uint8Array[]>;
  dispose(): void;
}

/** Copied at once, so that no copy takes long. */
const STEPS_PER_PART = 64;

export function createRunFileMaker(traces: readonly Trace[]): RunFileMaker {
  const worker = startWorker();
  if (worker === null) {
    const make = (isLight: boolean) =>
      Promise.all(traces.map((trace) => encodeRunFile(isLight ? lightTrace(trace) : trace)));
    return { make, dispose: () => undefined };
  }
  // It may fail before anything is asked of it: a script that could not be loaded reports no message.
  const failure = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) =>
      reject(new Error(message || "The script that makes run files could not be loaded; reload the page."));
  });
  const isSent = sendAll(traces, (message) => worker.postMessage(message));
  const answer = async (isLight: boolean): Promise<readonly Uint8Array[]> => {
    await isSent;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<MakerAnswer>) =>
        data.type === "files" ? resolve(data.files) : reject(new Error(data.message));
      worker.postMessage({ type: "make", isLight } satisfies MakerMessage);
    });
  };
  return {
    make: (isLight) => Promise.race([failure, answer(isLight)]),
    dispose: () => worker.terminate(),
  };
}

function startWorker(): Worker | null {
  try {
    return createModuleWorker(new URL(workerAddress, import.meta.url).href, "run files");
  } catch {
    return null;
  }
}

/** In parts, between which the page does what has come up. */
async function sendAll(traces: readonly Trace[], post: (message: MakerMessage) => void): Promise<void> {
  for (const { header, steps, events, end } of traces) {
    post({ type: "run", header, end });
    for (let from = 0; from < steps.length; from += STEPS_PER_PART) {
      const part = steps.slice(from, from + STEPS_PER_PART);
      const isInPart = ({ step }: EvictionEvent): boolean => step >= from && step < from + STEPS_PER_PART;
      post({ type: "part", steps: part, events: events.filter(isInPart) });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
