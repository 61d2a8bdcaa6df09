// What the buttons of a live run do.
import { CONTINUE_TOKENS, type RunActions } from "../panels/controls/RunButtons";
import type { PageStore } from "../state/pageStore";

export function runActions(store: PageStore): RunActions {
  const actions = store.getState();
  return {
    onRun: () => actions.run("run"),
    onPause: actions.pause,
    onResume: actions.resume,
    onStep: () => (store.getState().runStatus === "paused" ? actions.stepOnce() : actions.run("step")),
    onStop: actions.stop,
    onContinue: () => actions.continueRun(CONTINUE_TOKENS),
  };
}
