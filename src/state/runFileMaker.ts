// Run files of runs, made in a worker: encoding a long run takes longer than a page may stand still. Without a worker (in
// Node, or in a browser that refuses one) they are made here.
import { errorMessage } from "../lib/errors";
import { createModuleWorker } from "../lib/moduleWorker";
import { lightTrace } from "../trace/file/lightTrace";
import { encodeRunFile } from "../trace/file/runFile";
import type { EvictionEvent, Trace } from "../trace/trace";
import type { MakerAnswer, MakerMessage } from "./runFileWorker";
import workerAddress from "./runFileWorker.ts?worker&url";

export interface RunFileMaker {
  /** The files of all runs, in order; one kind after the other. */
  make(isLight: boolean): Promise<readonly Uint8Array[]>;
  /** Rejects what is still being made. */
  dispose(): void;
}

/** The part of a Worker that the maker uses. */
export interface MakerWorker {
  onmessage: ((message: MessageEvent<MakerAnswer>) => void) | null;
  onerror: ((error: ErrorEvent) => void) | null;
  onmessageerror: ((message: MessageEvent) => void) | null;
  postMessage(message: MakerMessage): void;
  terminate(): void;
}

/** Copied at once, so that no copy takes long. */
const STEPS_PER_PART = 64;

export function createRunFileMaker(
  traces: readonly Trace[],
  createWorker: () => MakerWorker | null = openWorker,
): RunFileMaker {
  const worker = createWorker();
  if (worker === null) {
    const make = async (isLight: boolean) =>
      Promise.all(traces.map((trace) => encodeRunFile(isLight ? lightTrace(trace) : trace)));
    return { make, dispose: () => undefined };
  }
  let failure: Error | null = null;
  let reject: (reason: Error) => void = () => undefined; // what is being made
  const end = (reason: string): void => {
    worker.terminate();
    failure ??= new Error(reason);
    reject(failure);
  };
  // It may fail before anything is asked of it. A script that could not be loaded has no message.
  worker.onerror = ({ message }) => end(message || "The script that makes run files could not be loaded.");
  worker.onmessageerror = () => end("The worker sent a run file that this browser cannot read.");
  const post = (message: MakerMessage): boolean => {
    if (failure === null) worker.postMessage(message);
    return failure === null;
  };
  const ask = (isLight: boolean) =>
    new Promise<readonly Uint8Array[]>((resolve, refuse) => {
      reject = refuse;
      worker.onmessage = ({ data }) => (data.type === "files" ? resolve(data.files) : refuse(new Error(data.message)));
      if (failure !== null) refuse(failure);
      else worker.postMessage({ type: "make", isLight });
    });
  let last: Promise<unknown> = sendAll(traces, post).catch((error: unknown) => end(errorMessage(error)));
  return {
    make(isLight) {
      const made = last.then(() => ask(isLight));
      last = made.catch(() => undefined);
      return made;
    },
    dispose: () => end("Nobody waits for the run files any more."),
  };
}

/** Null where there are none, or where the browser refuses one, as some privacy settings make it do. */
function openWorker(): MakerWorker | null {
  if (typeof Worker === "undefined") return null;
  try {
    return createModuleWorker(new URL(workerAddress, import.meta.url).href, "run files");
  } catch {
    return null;
  }
}

/** In parts, between which the page does what has come up. `post`: false once the worker has ended. */
async function sendAll(traces: readonly Trace[], post: (message: MakerMessage) => boolean): Promise<void> {
  for (const { header, steps, events, end } of traces) {
    post({ type: "run", header, end });
    for (let from = 0; from < steps.length; from += STEPS_PER_PART) {
      const part = steps.slice(from, from + STEPS_PER_PART);
      const isInPart = ({ step }: EvictionEvent): boolean => step >= from && step < from + STEPS_PER_PART;
      if (!post({ type: "part", steps: part, events: events.filter(isInPart) })) return;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
