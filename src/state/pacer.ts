// Holds a live run to a pace that an eye can follow: the engine gets leave for a few tokens at a time and rests in
// between. A slow engine is never pushed: it gets the next leave when it has used up the last.

export interface Pacer {
  /** The run is driven by the clock. */
  readonly isOn: () => boolean;
  /** From now on; the engine reports with engineRested when it waits. */
  readonly begin: (isEngineResting: boolean) => void;
  /** Lets go of the run; true if the engine rests, false if it is at work or was not driven. */
  readonly end: () => boolean;
  readonly engineRested: () => void;
  /** That much time has passed. */
  readonly tick: (elapsedMs: number, stepsPerSecond: number) => void;
}

/** Tokens that one leave may hold: more would be felt as a delay of Pause. */
const MOST_PER_LEAVE = 4;

export function createPacer(advance: (stepCount: number) => void): Pacer {
  let isOn = false;
  let isResting = false;
  let dueSteps = 0;
  return {
    isOn: () => isOn,
    begin(isEngineResting) {
      isOn = true;
      isResting = isEngineResting;
      dueSteps = 1;
    },
    end() {
      const wasResting = isOn && isResting;
      isOn = false;
      return wasResting;
    },
    engineRested() {
      isResting = true;
    },
    tick(elapsedMs, stepsPerSecond) {
      if (!isOn) return;
      dueSteps = Math.min(MOST_PER_LEAVE, dueSteps + (elapsedMs / 1000) * stepsPerSecond);
      const whole = Math.floor(dueSteps);
      if (!isResting || whole === 0) return;
      dueSteps -= whole;
      isResting = false;
      advance(whole);
    },
  };
}
