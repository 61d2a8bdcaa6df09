// The dialog Models; its content is fetched when it is first opened, and stays while it is closed: a download goes on.
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";
import type { PageStore } from "../../state/pageStore";

interface ModelsDialogProps {
  readonly store: PageStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const loadSheet = async () => (await import("./ModelsSheet")).ModelsSheet;

export function ModelsDialog({ store, isOpen, onClose }: ModelsDialogProps) {
  const { part: ModelsSheet, failure } = useLatePart(isOpen, loadSheet);
  return (
    <Sheet name="models" title="Models" isOpen={isOpen} onClose={onClose} keepsContent>
      {ModelsSheet === null ? (
        <LateNote failure={failure} />
      ) : (
        <ModelsSheet store={store} isOpen={isOpen} onDone={onClose} />
      )}
    </Sheet>
  );
}
