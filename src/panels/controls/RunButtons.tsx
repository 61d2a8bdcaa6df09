// The buttons of a live run; the run's status decides which ones there are.
import type { RunStatus } from "../../state/shownRuns";

/** Tokens that "Continue" adds to a run that has ended. */
export const CONTINUE_TOKENS = 64;

export interface RunActions {
  readonly onRun: () => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onStep: () => void;
  readonly onStop: () => void;
  readonly onContinue: () => void;
}

interface RunButtonsProps extends RunActions {
  readonly runStatus: RunStatus;
  readonly isChanged: boolean;
  /** The lane whose own model is being read; null for none. */
  readonly loadingLane: number | null;
  /** The GPU has the model and is compared with the CPU. */
  readonly isChecking: boolean;
}

export function RunButtons({ runStatus, isChanged, loadingLane, isChecking, ...actions }: RunButtonsProps) {
  const isUnderWay = runStatus === "running" || runStatus === "paused";
  const isLoading = runStatus === "loading";
  return (
    <div className="run-buttons" role="group" aria-label="Run">
      {runStatus === "running" && (
        <button type="button" className="button-primary" onClick={actions.onPause}>
          Pause
        </button>
      )}
      {runStatus === "paused" && (
        <button type="button" className="button-primary" onClick={actions.onResume}>
          Resume
        </button>
      )}
      {!isUnderWay && (
        <button type="button" className="button-primary" disabled={isLoading} onClick={actions.onRun}>
          {isLoading ? loadWords(loadingLane, isChecking) : "Run"}
        </button>
      )}
      <button type="button" disabled={isLoading || runStatus === "running"} onClick={actions.onStep}>
        Step
      </button>
      {isUnderWay && (
        <button type="button" onClick={actions.onStop}>
          Stop
        </button>
      )}
      {runStatus === "paused" && isChanged && (
        <button type="button" onClick={actions.onRun}>
          Run anew
        </button>
      )}
      {runStatus === "ended" && (
        <button type="button" title={`Generate ${CONTINUE_TOKENS} more tokens`} onClick={actions.onContinue}>
          Continue
        </button>
      )}
    </div>
  );
}

function loadWords(lane: number | null, isChecking: boolean): string {
  const ofLane = lane === null ? "" : ` lane ${lane + 1}`;
  return isChecking ? `Checking the GPU against the CPU${ofLane && `,${ofLane}`}…` : `Loading${ofLane}…`;
}
