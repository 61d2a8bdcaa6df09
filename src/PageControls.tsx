// The controls of the next run, bound to the store. They hear nothing of the clock.
import { memo } from "react";
import { useStore } from "zustand";
import { ControlsPanel } from "./panels/controls/ControlsPanel";
import { shippedModels } from "./settings/shippedModels";
import type { PageStore } from "./state/pageStore";
import type { NextRun } from "./useNextRun";

/** Tokens that "Continue" adds to a run that has ended. */
const CONTINUE_TOKENS = 64;

interface PageControlsProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
  readonly onShare: () => void;
}

export const PageControls = memo(function PageControls({ store, nextRun, onShare }: PageControlsProps) {
  const comparison = useStore(store, (state) => state.comparison);
  const runStatus = useStore(store, (state) => state.runStatus);
  const actions = store.getState();
  return (
    <ControlsPanel
      {...nextRun}
      settings={nextRun.lanes[0]}
      comparison={comparison}
      models={shippedModels}
      runStatus={runStatus}
      choose={actions.choose}
      onCompare={actions.compare}
      onRun={() => actions.run("run")}
      onPause={actions.pause}
      onResume={actions.resume}
      onStep={() => (runStatus === "paused" ? actions.stepOnce() : actions.run("step"))}
      onStop={actions.stop}
      onContinue={() => actions.continueRun(CONTINUE_TOKENS)}
      onShare={onShare}
    />
  );
});
