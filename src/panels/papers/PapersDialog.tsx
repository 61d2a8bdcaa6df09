// The dialog on what differs from the papers; its content is fetched when it is first opened.
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface PapersDialogProps {
  /** The policy chosen, read when the dialog opens. */
  readonly policyId: () => string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const loadPage = async () => (await import("./PapersPage")).PapersPage;

export function PapersDialog({ policyId, isOpen, onClose }: PapersDialogProps) {
  const { part: PapersPage, failure } = useLatePart(isOpen, loadPage);
  return (
    <Sheet name="papers" title="What differs from the papers" isOpen={isOpen} onClose={onClose}>
      {PapersPage === null ? <LateNote failure={failure} /> : <PapersPage policyId={policyId()} onOpened={onClose} />}
    </Sheet>
  );
}
