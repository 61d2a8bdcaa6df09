// Decodes one saved run apart from the page (decodeSaved.ts starts it), and sends it in parts.
import { errorMessage, InputError } from "../../lib/errors";
import { decodeSavedRun, isStreamTrace } from "../../trace/file/savedRun";
import { ownBuffers, traceParts, type TracePart } from "../../trace/file/traceParts";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import type { Trace } from "../../trace/trace";

export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly fileName: string;
}

export type DecodeAnswer =
  | { readonly type: "part"; readonly part: TracePart }
  /** What the parts are of; the last answer. */
  | { readonly type: "run"; readonly rest: Omit<Trace, "steps" | "events"> }
  | { readonly type: "stream"; readonly trace: StreamTrace }
  /** `isInput`: the file is at fault. */
  | { readonly type: "failed"; readonly message: string; readonly isInput: boolean };

self.onmessage = ({ data }: MessageEvent<DecodeRequest>) => {
  void answer(data);
};

async function answer({ bytes, fileName }: DecodeRequest): Promise<void> {
  const say = (said: DecodeAnswer, transfer: readonly ArrayBuffer[] = []): void => {
    self.postMessage(said, { transfer: [...transfer] });
  };
  try {
    const trace = await decodeSavedRun(bytes, fileName);
    if (isStreamTrace(trace)) {
      say({ type: "stream", trace });
      return;
    }
    const { steps, events, ...rest } = trace;
    const parts = traceParts({ steps, events });
    const buffers = ownBuffers(parts);
    for (const [place, part] of parts.entries()) say({ type: "part", part }, buffers[place]);
    say({ type: "run", rest });
  } catch (error) {
    say({ type: "failed", message: errorMessage(error), isInput: error instanceof InputError });
  }
}
