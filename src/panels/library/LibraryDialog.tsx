// This browser's library, as a dialog whose content loads when it is first opened.
import type { SavedTrace } from "../../trace/file/savedRun";
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface LibraryDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Runs of one prompt to show, side by side if there are several. */
  readonly onOpen: (traces: readonly SavedTrace[]) => void;
  /** Opens the file chooser. */
  readonly onPickFiles: () => void;
}

const loadLibrary = async () => (await import("./PageLibrary")).PageLibrary;

export function LibraryDialog({ isOpen, onClose, onOpen, onPickFiles }: LibraryDialogProps) {
  const { part: PageLibrary, failure } = useLatePart(isOpen, loadLibrary);
  return (
    <Sheet name="library" title="Library in this browser" isOpen={isOpen} onClose={onClose}>
      {PageLibrary === null ? (
        <LateNote failure={failure} />
      ) : (
        <PageLibrary
          onOpen={(traces) => {
            onClose();
            onOpen(traces);
          }}
          onPickFiles={() => {
            onClose();
            onPickFiles();
          }}
        />
      )}
    </Sheet>
  );
}
