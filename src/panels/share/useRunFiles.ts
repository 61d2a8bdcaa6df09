// The run files of the runs chosen, each content made in turn, so that its size is known before it is saved.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { createRunFileMaker, type RunFileMaker } from "../../state/runFileMaker";
import type { Trace } from "../../trace/trace";

export const fileContents = ["everything", "light"] as const;
export type FileContent = (typeof fileContents)[number];

interface ContentOffer {
  readonly label: string;
  /** What the file will be good for. */
  readonly help: string;
}

export const contentTable: Readonly<Record<FileContent, ContentOffer>> = {
  everything: { label: "Everything", help: "all panels as they are here" },
  light: {
    label: "Light",
    help: "tokens, survivors and totals; not the attention rows, nor what the totals were computed from",
  },
};

/** The files of all runs chosen, or why there are none. [lane chosen] */
export type MadeFiles =
  | { readonly type: "files"; readonly files: readonly Uint8Array[] }
  | { readonly type: "failed"; readonly message: string };

/** What is made so far; a content that is missing is on its way. `traces`: the same list as long as the runs are. */
export function useRunFiles(traces: readonly Trace[]): Readonly<Partial<Record<FileContent, MadeFiles>>> {
  const [made, setMade] = useState<{
    readonly of: readonly Trace[];
    readonly byContent: Readonly<Partial<Record<FileContent, MadeFiles>>>;
  }>({ of: traces, byContent: {} });
  useEffect(() => {
    let isCurrent = true;
    const maker = createRunFileMaker(traces);
    const makeAll = async (): Promise<void> => {
      for (const content of fileContents) {
        const files = await filesOf(maker, content);
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
      maker.dispose();
    };
  }, [traces]);
  return made.of === traces ? made.byContent : {};
}

async function filesOf(maker: RunFileMaker, content: FileContent): Promise<MadeFiles> {
  try {
    return { type: "files", files: await maker.make(content === "light") };
  } catch (error) {
    return { type: "failed", message: errorMessage(error) };
  }
}
