// What leaves the page and comes back to it: the dialogs of sharing, of the library and of recent settings, and run
// files that are dropped on it.
import { useCallback } from "react";
import { DropTarget } from "./panels/library/DropTarget";
import { LibraryDialog } from "./panels/library/LibraryDialog";
import { pickRunFiles } from "./panels/library/pickRunFiles";
import { showOpened } from "./panels/library/showOpened";
import { storageOrNull } from "./pageMemory";
import { HistoryDialog } from "./panels/share/HistoryDialog";
import { ShareDialog } from "./panels/share/ShareDialog";
import type { PageStore } from "./state/pageStore";

export type ShareDialogName = "share" | "library" | "recent";

interface ShareDialogsProps {
  readonly store: PageStore;
  /** The dialog that is open, one of these or another one of the page; null for none. */
  readonly open: string | null;
  readonly onOpen: (name: ShareDialogName | null) => void;
}

export function ShareDialogs({ store, open, onOpen }: ShareDialogsProps) {
  const close = useCallback(() => onOpen(null), [onOpen]);
  const onFiles = useCallback(
    (files: readonly File[]) => {
      onOpen(null);
      void showOpened(store, files);
    },
    [store, onOpen],
  );
  return (
    <>
      <DropTarget onFiles={onFiles} />
      <ShareDialog store={store} isOpen={open === "share"} onClose={close} />
      <LibraryDialog
        isOpen={open === "library"}
        onClose={close}
        onOpen={(traces) => store.getState().showTraces(traces)}
        onPickFiles={() => pickAndShow(store)}
      />
      <HistoryDialog store={store} storage={storageOrNull()} isOpen={open === "recent"} onClose={close} />
    </>
  );
}

/** Asks for run files and shows them. */
export function pickAndShow(store: PageStore): void {
  pickRunFiles((files) => void showOpened(store, files));
}
