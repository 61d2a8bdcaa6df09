// The help sheet; its content is fetched when it is first opened.
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Opens what differs from the papers. */
  readonly onPapers: () => void;
}

const loadBody = async () => (await import("./HelpBody")).HelpBody;

export function HelpDialog({ isOpen, onClose, onPapers }: HelpDialogProps) {
  const { part: HelpBody, failure } = useLatePart(isOpen, loadBody);
  return (
    <Sheet name="help" title="How to read this page" isOpen={isOpen} onClose={onClose}>
      {HelpBody === null ? <LateNote failure={failure} /> : <HelpBody onPapers={onPapers} />}
    </Sheet>
  );
}
