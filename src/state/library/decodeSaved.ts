// Decodes a saved run: a small one at once, a large one in a worker of its own, so that the page goes on answering.
import { InputError } from "../../lib/errors";
import { createModuleWorker } from "../../lib/moduleWorker";
import { decodeSavedRun, type SavedTrace } from "../../trace/file/savedRun";
import type { TracePart } from "../../trace/file/traceParts";
import type { DecodeAnswer, DecodeRequest } from "./decodeWorker";
import decodeWorkerAddress from "./decodeWorker.ts?worker&url";

/** Larger files take long enough to be felt. */
const LARGE_BYTES = 500_000;

/** `bytes` may move away: nobody else uses them. Throws InputError, which names the file, for anything that is not exactly one run. */
export function decodeSaved(bytes: Uint8Array<ArrayBuffer>, fileName: string): Promise<SavedTrace> {
  return bytes.length < LARGE_BYTES || typeof Worker === "undefined"
    ? decodeSavedRun(bytes, fileName)
    : decodeApart(bytes, fileName);
}

function decodeApart(bytes: Uint8Array<ArrayBuffer>, fileName: string): Promise<SavedTrace> {
  return new Promise((resolve, reject) => {
    const worker = createModuleWorker(new URL(decodeWorkerAddress, import.meta.url).href, "run file");
    const parts: TracePart[] = [];
    const end = (act: () => void): void => {
      worker.terminate();
      act();
    };
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
      switch (data.type) {
        case "part":
          parts.push(data.part);
          return;
        case "run": {
          const steps = parts.flatMap((part) => part.steps);
          const events = parts.flatMap((part) => part.events);
          end(() => resolve({ ...data.rest, steps, events }));
          return;
        }
        case "stream":
          end(() => resolve(data.trace));
          return;
        case "failed":
          end(() => reject(data.isInput ? new InputError(data.message) : new Error(data.message)));
      }
    };
    // Also where it runs out of memory.
    worker.onerror = ({ message }) => end(() => reject(new Error(message || "its worker did not start")));
    worker.onmessageerror = () => end(() => reject(new Error("its trace did not arrive")));
    worker.postMessage({ bytes, fileName } satisfies DecodeRequest, [bytes.buffer]);
  });
}
