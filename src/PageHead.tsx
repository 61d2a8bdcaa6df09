// The head of the page with its tools. It hears nothing of the clock.
import { memo } from "react";
import { useStore } from "zustand";
import { PageHeader } from "./panels/header/PageHeader";
import { commandTip } from "./panels/palette/commandTable";
import type { PageActs } from "./panels/palette/pageActs";
import { HistoryButtons } from "./panels/share/HistoryButtons";
import { panelsAway } from "./panels/registry";
import { PanelsMenu } from "./panels/stage/PanelsMenu";

import { laneOnStage } from "./state/shownRuns";
import type { PageStore } from "./state/pageStore";
import type { ThemeChoice } from "./ui/useTheme";

interface PageHeadProps {
  readonly store: PageStore;
  readonly acts: PageActs;
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

export const PageHead = memo(function PageHead({ store, acts, themeChoice, onTheme }: PageHeadProps) {
  const engine = useStore(store, (state) => state.engine);
  const recordedModel = useStore(store, (state) => laneOnStage(state)?.trace.header.model ?? null);
  const recordedBackend = useStore(store, (state) => laneOnStage(state)?.trace.header.backend ?? null);
  const laneCount = useStore(store, (state) => state.lanes.length);
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const history = useStore(store, (state) => state.history);
  const arrangement = useStore(store, (state) => state.arrangement);
  return (
    <PageHeader
      model={recordedModel ?? engine?.model ?? null}
      backend={engine?.backend ?? recordedBackend}
      isEngineLoaded={engine !== null}
      themeChoice={themeChoice}
      onTheme={onTheme}
      tools={
        <>
          <HistoryButtons
            history={history}
            choices={choices}
            comparison={comparison}
            onUndo={acts.undo}
            onRedo={acts.redo}
          />
          <button type="button" title={commandTip("examples")} onClick={acts.examples}>
            Examples
          </button>
          <button type="button" title={commandTip("library")} onClick={acts.library}>
            Library
          </button>
          <PanelsMenu arrangement={arrangement} away={panelsAway(laneCount)} onArrange={store.getState().arrange} />
        </>
      }
      onResults={acts.results}
      onHelp={acts.help}
    />
  );
});
