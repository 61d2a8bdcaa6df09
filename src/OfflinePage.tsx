// The page with what is to be said of the copy that the browser keeps of it.
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { OfflineCopy } from "./offline/offlineCopy";
import { OfflineNote, UpdateNote } from "./offline/OfflineNotes";
import { isUnderWay } from "./state/shownRuns";
import type { PageStore } from "./state/pageStore";

interface OfflinePageProps {
  readonly store: PageStore;
  /** Null where no copy is kept. */
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
