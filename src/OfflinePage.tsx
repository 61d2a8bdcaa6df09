// The page with its offline notes: at the top the offer of a new version, at the bottom a note that it works offline.
// The offer waits while a run is under way, and can be dismissed.

import type { ReactNode } from "react";
import { useState } from "react";
import { useStore } from "zustand";
import type { OfflineCopy, OfflineStatus } from "./offline/offlineCopy";
import { isUnderWay } from "./state/shownRuns";
import type { PageStore } from "./state/pageStore";

interface OfflinePageProps {
  readonly store: PageStore;
  /** Null if no copy is kept. */
  readonly copy: OfflineCopy | null;
  readonly children: ReactNode;
}

export function OfflinePage({ store, copy, children }: OfflinePageProps) {
  const runStatus = useStore(store, (state) => state.runStatus);
  if (copy === null) return children;
  return (
    <>
      <UpdateNote copy={copy} isRunUnderWay={runStatus === "loading" || isUnderWay(runStatus)} />
      {children}
      <OfflineNote copy={copy} />
    </>
  );
}

interface UpdateNoteProps {
  readonly copy: OfflineCopy;
  /** A run is under way; a reload would end it. */
  readonly isRunUnderWay: boolean;
}

function UpdateNote({ copy, isRunUnderWay }: UpdateNoteProps) {
  const status = useStore(copy.status, (state) => state.status);
  const [isPutOff, setPutOff] = useState(false);
  return (
    <div className="offline-update" role="status">
      {status === "updateReady" && !isPutOff && !isRunUnderWay && (
        <p className="notice">
          <span>
            A new version is ready. Your settings stay; runs that you made here are lost unless saved.{" "}
            <button type="button" className="link-button" onClick={copy.update}>
              Reload
            </button>
          </span>
          <button type="button" aria-label="Later" onClick={() => setPutOff(true)}>
            ✕
          </button>
        </p>
      )}
    </div>
  );
}

const words: Readonly<Record<OfflineStatus, string>> = {
  none: "",
  copying: "Storing a copy, so that the page works offline…",
  ready: "Works offline once loaded.",
  updateReady: "Works offline. A new version is ready for the next visit.",
};

function OfflineNote({ copy }: Pick<UpdateNoteProps, "copy">) {
  const status = useStore(copy.status, (state) => state.status);
  return (
    <footer className="offline-note" data-offline={status}>
      {words[status]}
    </footer>
  );
}
