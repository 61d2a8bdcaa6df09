// The settings that were used last; one that is chosen is set against the present ones before it takes their place.
import { useState } from "react";
import { decodeLink, encodeLink } from "../../settings/link";
import type { PageStore } from "../../state/pageStore";
import { recentStates, type KeptTexts } from "../../state/recentStates";
import "../../styles/shareBody.css";
import { RecentList } from "./RecentList";

interface RecentSettingsProps {
  readonly store: PageStore;
  readonly storage: KeptTexts | null;
  readonly onClose: () => void;
}

export function RecentSettings({ store, storage, onClose }: RecentSettingsProps) {
  const [states] = useState(() => recentStates(storage));
  const [{ choices, comparison, chooseState }] = useState(() => store.getState());
  const [openedMs] = useState(() => Date.now());
  return (
    <RecentList
      states={states}
      now={encodeLink({ choices, comparison })}
      isKept={storage !== null}
      nowMs={openedMs}
      onRestore={(link) => {
        const restored = decodeLink(link);
        chooseState({ choices: restored.choices, comparison: restored.comparison });
        onClose();
      }}
    />
  );
}
