// Keeps the runs on screen in the library of this browser, under a name, with the files that were made of them.
import { useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { SavedTrace } from "../../trace/file/savedRun";
import { pageLibrary } from "../library/pageLibrary";

interface KeepInLibraryProps {
  readonly traces: readonly SavedTrace[];
  /** Their run files; null until they are made. */
  readonly files: readonly Uint8Array[] | null;
  readonly suggestedName: string;
  /** What tells a lane from the others. */
  readonly laneWords: (lane: number) => string;
}

type Kept = { readonly type: "idle" | "saving" } | { readonly type: "saved" | "failed"; readonly words: string };

export function KeepInLibrary({ traces, files, suggestedName, laneWords }: KeepInLibraryProps) {
  const [name, setName] = useState<string | null>(null);
  const [kept, setKept] = useState<Kept>({ type: "idle" });
  const keep = async (): Promise<void> => {
    if (files === null) return;
    setKept({ type: "saving" });
    try {
      const library = await pageLibrary();
      for (const [lane, trace] of traces.entries()) {
        const plain = name ?? suggestedName;
        const own = traces.length === 1 ? plain : `${plain}: lane ${lane + 1}, ${laneWords(lane)}`;
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
