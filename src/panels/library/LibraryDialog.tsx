// The library of this browser, as a dialog whose content is fetched when it is first opened.
import type { Trace } from "../../trace/trace";
import { LateNote } from "../share/LateNote";
import { Sheet } from "../../ui/Sheet";
import { useLatePart } from "../share/useLatePart";

interface LibraryDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Runs of one prompt to show, side by side where there are several. */
  readonly onOpen: (traces: readonly Trace[]) => void;
  /** Asks for run files. */
  readonly onPickFiles: () => void;
}

const loadLibrary = async () => (await import("./PageLibrary")).PageLibrary;

export function LibraryDialog({ isOpen, onClose, onOpen, onPickFiles }: LibraryDialogProps) {
  const { part: PageLibrary, failure } = useLatePart(isOpen, loadLibrary);
  return (
    <Sheet name="library" title="Library of this browser" isOpen={isOpen} onClose={onClose}>
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
