// The settings that were used last, as a dialog whose content is fetched when it is first opened.
import type { PageStore } from "../../state/pageStore";
import type { KeptTexts } from "../../state/recentStates";
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface HistoryDialogProps {
  readonly store: PageStore;
  /** Null where the browser keeps nothing. */
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
