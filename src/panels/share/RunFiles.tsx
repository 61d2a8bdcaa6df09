// Run files of the runs chosen: how much goes in, how large that is, saved to disk or to the library of this browser.
import { useState } from "react";
import { errorMessage } from "../../lib/errors";
import { runFileName } from "../../state/library/openFile";
import type { Trace } from "../../trace/trace";
import { download } from "../../ui/figure/pictureFile";
import { writtenBytes } from "../../ui/numbers";
import { runParameters } from "../header/runSummary";
import { pageLibrary } from "../library/pageLibrary";
import { contentTable, fileContents, useRunFiles, type FileContent, type MadeFiles } from "./useRunFiles";

interface RunFilesProps {
  readonly traces: readonly Trace[];
  /** Null where the prompt is somebody's own. */
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
        <KeepInLibrary traces={traces} files={files} suggestedName={suggestedName(traces, problemId)} />
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

interface KeepInLibraryProps {
  readonly traces: readonly Trace[];
  /** Their run files; null until they are made. */
  readonly files: readonly Uint8Array[] | null;
  readonly suggestedName: string;
}

type Kept = { readonly type: "idle" | "saving" } | { readonly type: "saved" | "failed"; readonly words: string };

function KeepInLibrary({ traces, files, suggestedName }: KeepInLibraryProps) {
  const [name, setName] = useState<string | null>(null);
  const [kept, setKept] = useState<Kept>({ type: "idle" });
  const keep = async (): Promise<void> => {
    if (files === null) return;
    setKept({ type: "saving" });
    try {
      const library = await pageLibrary();
      for (const [lane, trace] of traces.entries()) {
        const plain = name ?? suggestedName;
        const own = traces.length === 1 ? plain : `${plain}: lane ${lane + 1}, ${runParameters(trace.header)}`;
        await library.save({ trace, name: own, fileBytes: files[lane] });
      }
      const what = traces.length === 1 ? "It is" : `All ${traces.length} are`;
      setKept({ type: "saved", words: `✓ ${what} in the library.` });
    } catch (error) {
      setKept({ type: "failed", words: errorMessage(error) });
    }
  };
  return (
    <>
      <span className="share-keep">
        <input
          aria-label="Name in the library"
          value={name ?? suggestedName}
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="button" disabled={files === null || kept.type === "saving"} onClick={() => void keep()}>
          Save to the library
        </button>
      </span>
      <span role="status" className={kept.type === "failed" ? "copy-refused" : "copy-done"}>
        {kept.type === "saved" || kept.type === "failed" ? kept.words : ""}
      </span>
    </>
  );
}
