// What can be taken away from the page, as a dialog whose content is fetched when it is first opened.
import type { PageStore } from "../../state/pageStore";
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface ShareDialogProps {
  readonly store: PageStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const loadShare = async () => (await import("./ShareBody")).ShareBody;

export function ShareDialog({ store, isOpen, onClose }: ShareDialogProps) {
  const { part: ShareBody, failure } = useLatePart(isOpen, loadShare);
  return (
    <Sheet name="share" title="Share" isOpen={isOpen} onClose={onClose}>
      {ShareBody === null ? <LateNote failure={failure} /> : <ShareBody store={store} />}
    </Sheet>
  );
}
