// This browser's library on the page: reads it when it comes into view, and opens runs, alone or side by side.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { errorMessage } from "../../lib/errors";
import "../../styles/shareBody.css";
import type { LibraryRun } from "../../state/library/libraryRun";
import type { SavedTrace } from "../../trace/file/savedRun";
import { download } from "../../ui/files";
import { LibraryList } from "./LibraryList";
import { pageLibrary } from "./pageLibrary";
import { checkRunTogether } from "./openRunFiles";
import { createShelf } from "./shelf";

interface PageLibraryProps {
  readonly onOpen: (traces: readonly SavedTrace[]) => void;
  readonly onPickFiles: () => void;
}

export function PageLibrary({ onOpen, onPickFiles }: PageLibraryProps) {
  const [shelf] = useState(() => createShelf({ openLibrary: pageLibrary, later }));
  const state = useStore(shelf);
  const [misfit, setMisfit] = useState<string | null>(null);
  useEffect(() => {
    void shelf.refresh();
    return () => void shelf.settle();
  }, [shelf]);
  const open = async (runs: readonly LibraryRun[]): Promise<void> => {
    setMisfit(null);
    const traces = await shelf.tracesOf(runs.map(({ id }) => id));
    if (traces === null) return;
    try {
      checkRunTogether(
        traces,
        runs.map(({ name }) => `“${name}”`),
      );
      onOpen(traces);
    } catch (error) {
      setMisfit(errorMessage(error));
    }
  };
  const save = async ({ id, name }: LibraryRun): Promise<void> => {
    const bytes = await shelf.fileOf(id);
    if (bytes !== null) download(new Blob([bytes as Uint8Array<ArrayBuffer>]), `${fileStem(name)}.winnow`);
  };
  return (
    <LibraryList
      state={misfit === null ? state : { ...state, failure: misfit }}
      onOpen={(runs) => void open(runs)}
      onDownload={(run) => void save(run)}
      onRename={(id, name) => void shelf.rename(id, name)}
      onRemove={shelf.remove}
      onTakeBack={shelf.takeBack}
      onPersist={() => void shelf.persist()}
      onPickFiles={onPickFiles}
    />
  );
}

function later(act: () => void, delayMs: number): () => void {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
}

/** A name that every file system accepts. */
function fileStem(name: string): string {
  const stem = name.replaceAll(/[^\p{L}\p{N}.-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
  return stem.slice(0, 80) || "run";
}
