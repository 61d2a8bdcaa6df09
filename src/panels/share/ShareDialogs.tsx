// The dialogs of what can be taken away from the page, and of the settings used last; their content is fetched when they are
// first opened.
import type { PageStore } from "../../state/pageStore";
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";
import type { KeptTexts } from "../../state/recentStates";

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

interface HistoryDialogProps {
  readonly store: PageStore;
  /** null if the browser keeps nothing. */
  readonly storage: KeptTexts | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const loadHistory = async () => (await import("./RecentSettings")).RecentSettings;

export function HistoryDialog({ store, storage, isOpen, onClose }: HistoryDialogProps) {
  const { part: RecentSettings, failure } = useLatePart(isOpen, loadHistory);
  return (
    <Sheet name="history" title="Recent settings" isOpen={isOpen} onClose={onClose}>
      {RecentSettings === null ? (
        <LateNote failure={failure} />
      ) : (
        <RecentSettings store={store} storage={storage} onClose={onClose} />
      )}
    </Sheet>
  );
}
