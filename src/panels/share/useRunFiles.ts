// The run files of the runs chosen, each content made in turn, so that its size is known before it is saved.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { encodeRunFile } from "../../trace/file/runFile";
import type { Trace } from "../../trace/trace";
import { fileContents, nextTask, traceWith, type FileContent } from "./fileContents";

/** The files of all runs chosen, or why there are none. [lane chosen] */
export type MadeFiles = MadeOf | MadeFailure;
interface MadeOf {
  readonly type: "files";
  readonly files: readonly Uint8Array[];
  /** The runs as they are in the files. */
  readonly of: readonly Trace[];
}
interface MadeFailure {
  readonly type: "failed";
  readonly message: string;
}

/** What is made so far; a content that is missing is on its way. `traces`: the same list as long as the runs are. */
export function useRunFiles(traces: readonly Trace[]): Readonly<Partial<Record<FileContent, MadeFiles>>> {
  const [made, setMade] = useState<{
    readonly of: readonly Trace[];
    readonly byContent: Readonly<Partial<Record<FileContent, MadeFiles>>>;
  }>({ of: traces, byContent: {} });
  useEffect(() => {
    let isCurrent = true;
    const makeAll = async (): Promise<void> => {
      for (const content of fileContents) {
        const files = await filesOf(traces, content);
        if (!isCurrent) return;
        setMade((before) => ({
          of: traces,
          byContent: { ...(before.of === traces ? before.byContent : {}), [content]: files },
        }));
      }
    };
    void makeAll();
    return () => {
      isCurrent = false;
    };
  }, [traces]);
  return made.of === traces ? made.byContent : {};
}

async function filesOf(traces: readonly Trace[], content: FileContent): Promise<MadeFiles> {
  try {
    const of: Trace[] = [];
    const files: Uint8Array[] = [];
    for (const trace of traces) {
      const inFile = await traceWith(trace, content);
      await nextTask();
      of.push(inFile);
      files.push(await encodeRunFile(inFile));
    }
    return { type: "files", files, of };
  } catch (error) {
    return { type: "failed", message: errorMessage(error) };
  }
}
