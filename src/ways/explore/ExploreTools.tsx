// What Explore adds to the page's head: the buttons of the run, undo and redo, arrangements and panels.
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { RunButtons } from "../../panels/controls/RunButtons";
import type { PageActs } from "../../panels/palette/pageActs";
import { panelsAway } from "../../panels/panelKinds";
import { HistoryButtons } from "../../panels/share/HistoryButtons";
import { ArrangementMenu } from "../../panels/stage/ArrangementMenu";
import { PanelsMenu } from "../../panels/stage/PanelsMenu";
import type { PageStore } from "../../state/pageStore";
import { PHONE, useMedia } from "../../ui/useMedia";
import { runActions } from "../runActions";

export interface ExploreToolsProps {
  readonly store: PageStore;
  readonly acts: PageActs;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
}

/** On a phone the buttons of the run stand above the panel, and the rest in the menu. */
export function ExploreTools({ store, acts, isChanged }: ExploreToolsProps) {
  const isPhone = useMedia(PHONE);
  const runStatus = useStore(store, (state) => state.runStatus);
  const loadingLane = useStore(store, (state) => state.loadingLane);
  const isChecking = useStore(store, (state) => state.isChecking);
  const away = useStore(
    store,
    useShallow((state) => panelsAway(state.lanes)),
  );
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const history = useStore(store, (state) => state.history);
  const arrangement = useStore(store, (state) => state.arrangement);
  const { arrange } = store.getState();
  if (isPhone) return null;
  return (
    <>
      <RunButtons
        runStatus={runStatus}
        isChanged={isChanged}
        loadingLane={loadingLane}
        isChecking={isChecking}
        {...runActions(store)}
      />
      <HistoryButtons
        history={history}
        choices={choices}
        comparison={comparison}
        onUndo={acts.undo}
        onRedo={acts.redo}
      />
      <ArrangementMenu arrangement={arrangement} onArrange={arrange} />
      <PanelsMenu arrangement={arrangement} away={away} onArrange={arrange} />
    </>
  );
}
