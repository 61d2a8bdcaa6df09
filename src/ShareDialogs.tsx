// What leaves the page and comes back to it: the dialogs of sharing, of the library and of recent settings, and run
// files that are dropped on it.
import { useCallback, useEffect } from "react";
import { DropTarget } from "./panels/library/DropTarget";
import { LibraryDialog } from "./panels/library/LibraryDialog";
import { pickRunFiles, showOpened } from "./panels/library/openRunFiles";
import { storageOrNull } from "./pageMemory";
import { HistoryDialog } from "./panels/share/HistoryDialog";
import { keepRecent } from "./panels/share/keepRecent";
import { ShareDialog } from "./panels/share/ShareDialog";
import type { PageStore } from "./state/pageStore";

const shareDialogs = ["share", "library", "recent"] as const;
export type ShareDialogName = (typeof shareDialogs)[number];

interface ShareDialogsProps {
  readonly store: PageStore;
  /** The dialog that is open, one of these or another one of the page; null for none. */
  readonly open: string | null;
  readonly onClose: (name: ShareDialogName) => void;
}

export function ShareDialogs({ store, open, onClose }: ShareDialogsProps) {
  useEffect(() => keepRecent(store, { storage: storageOrNull(), nowMs: () => Date.now(), onLeave }), [store]);
  const onFiles = useCallback(
    (files: readonly File[]) => {
      for (const name of shareDialogs) onClose(name);
      void showOpened(store, files);
    },
    [store, onClose],
  );
  return (
    <>
      <DropTarget onFiles={onFiles} />
      <ShareDialog store={store} isOpen={open === "share"} onClose={() => onClose("share")} />
      <LibraryDialog
        isOpen={open === "library"}
        onClose={() => onClose("library")}
        onOpen={(traces) => store.getState().showTraces(traces)}
        onPickFiles={() => pickAndShow(store)}
      />
      <HistoryDialog
        store={store}
        storage={storageOrNull()}
        isOpen={open === "recent"}
        onClose={() => onClose("recent")}
      />
    </>
  );
}

function onLeave(listener: () => void): () => void {
  window.addEventListener("pagehide", listener);
  return () => window.removeEventListener("pagehide", listener);
}

/** Asks for run files and shows them. */
export function pickAndShow(store: PageStore): void {
  pickRunFiles((files) => void showOpened(store, files));
}
