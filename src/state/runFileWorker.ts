// The worker that makes run files, so that the page stays alive meanwhile. It gets the runs in parts (runFileMaker.ts).
import { errorMessage } from "../lib/errors";
import { lightTrace } from "../trace/file/lightTrace";
import { encodeRunFile } from "../trace/file/runFile";
import type { EvictionEvent, StepRecord, Trace } from "../trace/trace";

export type MakerMessage =
  | { readonly type: "run"; readonly header: Trace["header"]; readonly end: Trace["end"] }
  | { readonly type: "part"; readonly steps: readonly StepRecord[]; readonly events: readonly EvictionEvent[] }
  | { readonly type: "make"; readonly isLight: boolean };

export type MakerAnswer =
  | { readonly type: "files"; readonly files: readonly Uint8Array[] }
  | { readonly type: "failed"; readonly message: string };

interface GrowingTrace extends Trace {
  readonly steps: StepRecord[];
  readonly events: EvictionEvent[];
}

const traces: GrowingTrace[] = [];

self.onmessage = async ({ data }: MessageEvent<MakerMessage>) => {
  switch (data.type) {
    case "run":
      traces.push({ header: data.header, end: data.end, steps: [], events: [] });
      return;
    case "part":
      traces.at(-1)?.steps.push(...data.steps);
      traces.at(-1)?.events.push(...data.events);
      return;
    case "make":
      answer(await made(data.isLight));
  }
};

async function made(isLight: boolean): Promise<MakerAnswer> {
  try {
    const files: Uint8Array[] = [];
    for (const trace of traces) files.push(await encodeRunFile(isLight ? lightTrace(trace) : trace));
    return { type: "files", files };
  } catch (error) {
    return { type: "failed", message: errorMessage(error) };
  }
}

function answer(message: MakerAnswer): void {
  self.postMessage(message, {
    transfer: message.type === "files" ? message.files.map(({ buffer }) => buffer as ArrayBuffer) : [],
  });
}
