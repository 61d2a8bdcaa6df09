// Run files of the runs chosen: how much goes in, how large that is, saved to disk or to the library of this browser.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { runFileName } from "../../state/library/openFile";
import type { Trace } from "../../trace/trace";
import { download } from "../../ui/files";
import { writtenBytes } from "../../ui/numbers";
import { runParameters } from "../header/runSummary";
import { KeepInLibrary } from "./KeepInLibrary";
import { createRunFileMaker, type RunFileMaker } from "../../state/runFileMaker";

interface RunFilesProps {
  readonly traces: readonly Trace[];
  /** null if the prompt is the visitor’s own text. */
  readonly problemId: string | null;
}

export function RunFiles({ traces, problemId }: RunFilesProps) {
  const [content, setContent] = useState<FileContent>("everything");
  const made = useRunFiles(traces);
  const chosen = made[content];
  const files = chosen?.type === "files" ? chosen.files : null;
  const save = (): void => {
    for (const [lane, bytes] of (files ?? []).entries()) {
      download(new Blob([bytes as Uint8Array<ArrayBuffer>]), laneFileName(traces, lane, problemId));
    }
  };
  return (
    <fieldset className="share-choices share-file-kinds">
      <legend>Run file</legend>
      {fileContents.map((of) => (
        <label key={of}>
          <input type="radio" name="file-content" checked={content === of} onChange={() => setContent(of)} />
          <span>
            <strong>{contentTable[of].label}</strong> <span className="muted">{contentTable[of].help}</span>
          </span>
          <span className="number">{sizeWords(made[of])}</span>
        </label>
      ))}
      {chosen?.type === "failed" && (
        <p className="notice notice-error" role="alert">
          {chosen.message}
        </p>
      )}
      <div className="share-acts">
        <button type="button" className="button-primary" disabled={files === null} onClick={save}>
          {traces.length === 1 ? "Save run file" : `Save ${traces.length} run files`}
        </button>
        <KeepInLibrary
          traces={traces}
          files={files}
          suggestedName={suggestedName(traces, problemId)}
          laneWords={(lane) => runParameters(traces[lane].header)}
        />
      </div>
      <p className="muted">Dropped on this page anywhere, a run file opens without a model or a GPU.</p>
    </fieldset>
  );
}

function sizeWords(made: MadeFiles | undefined): string {
  if (made === undefined) return "…";
  if (made.type === "failed") return "–";
  return writtenBytes(made.files.reduce((sum, bytes) => sum + bytes.length, 0));
}

function laneFileName(traces: readonly Trace[], lane: number, problemId: string | null): string {
  const name = runFileName(traces[lane], problemId);
  return traces.length === 1 ? name : name.replace(/\.winnow$/, `-lane${lane + 1}.winnow`);
}

function suggestedName(traces: readonly Trace[], problemId: string | null): string {
  const asked = problemId ?? "own text";
  return traces.length === 1 ? `${asked}: ${runParameters(traces[0].header)}` : asked;
}

const fileContents = ["everything", "light"] as const;
type FileContent = (typeof fileContents)[number];

interface ContentOffer {
  readonly label: string;
  /** What the file will be good for. */
  readonly help: string;
}

const contentTable: Readonly<Record<FileContent, ContentOffer>> = {
  everything: { label: "Everything", help: "all panels as they are here" },
  light: {
    label: "Light",
    help: "tokens, survivors and totals; not the attention rows, nor what the totals were computed from",
  },
};

/** The files of all runs chosen, or why there are none. [lane chosen] */
type MadeFiles =
  | { readonly type: "files"; readonly files: readonly Uint8Array[] }
  | { readonly type: "failed"; readonly message: string };

/**
 * What is made so far, one content after the other, so that sizes are known before saving; a missing content is on its
 * way. `traces`: the same list as long as the runs are.
 */
function useRunFiles(traces: readonly Trace[]): Readonly<Partial<Record<FileContent, MadeFiles>>> {
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
