// Whose turn it is in a run, and how far the page allows it to proceed. Bookkeeping only: engineRun.ts does the work.
//
//   lane 0   ─0─     ─1─     ─2─          a round: one step of every lane that has not ended, in order; a lane that lies
//   lane 1      ─0─     ─1─     ─2─       behind, because it ended and was continued, comes up to the others first

import type { RunEndReason } from "../trace/trace";

interface SteppedLane {
  readonly stepCount: number;
  /** Null while there is more to do. */
  readonly end: RunEndReason | null;
}

export interface Rounds<Lane extends SteppedLane> {
  /** The lane whose turn it is: the first of those with the fewest steps; null when all have ended. */
  laneInTurn(): Lane | null;
  /** Whether pause and stop wait for the lane in turn, so that all lanes are left at one step. They never wait for a prefill. */
  isUnfinished(): boolean;
  /** The lane has taken its step; true where that completes the round. */
  completes(lane: Lane): boolean;
  /** A step was cut short or lost: it is done again, and nothing waits for it. */
  breakOff(): void;
}

export function createRounds<Lane extends SteppedLane>(lanes: readonly Lane[]): Rounds<Lane> {
  let isOpen = false; // a lane has taken its step and another has not

  function laneInTurn(): Lane | null {
    const going = lanes.filter(({ end }) => end === null);
    const fewest = Math.min(...going.map(({ stepCount }) => stepCount));
    return going.find(({ stepCount }) => stepCount === fewest) ?? null;
  }

  return {
    laneInTurn,
    isUnfinished: () => isOpen && (laneInTurn()?.stepCount ?? 0) > 0,
    completes({ stepCount }) {
      const next = laneInTurn();
      isOpen = next !== null && next.stepCount < stepCount;
      return !isOpen;
    },
    breakOff() {
      isOpen = false;
    },
  };
}

/** What the page has asked of a run, and what is still to be done. */
export interface RunControl {
  /** 0 = paused, n = that many rounds and then paused, Infinity = to the end. */
  readonly allowance: number;
  readonly isStopAsked: boolean;
  readonly isClosed: boolean;
  pause(): void;
  /** Rounds asked for while others are still due are added to them. */
  advance(rounds: number): void;
  goToEnd(): void;
  stop(): void;
  close(): void;
  /** Something else has come up: a question to a stream. */
  wake(): void;
  /** The run has taken a round, or has stopped. */
  useRound(): void;
  hasStopped(): void;
  /** For one step: aborted by pause, stop and close. */
  stepSignal(): AbortSignal;
  /** Resolves at the next command that gives the run something to do. */
  nextCommand(): Promise<void>;
}

export function createRunControl(isPaused: boolean): RunControl {
  let allowance = isPaused ? 0 : Infinity;
  let isStopAsked = false;
  let isClosed = false;
  let interruption = new AbortController();
  let wake = (): void => undefined;
  return {
    get allowance() {
      return allowance;
    },
    get isStopAsked() {
      return isStopAsked;
    },
    get isClosed() {
      return isClosed;
    },
    pause() {
      allowance = 0;
      interruption.abort(new Error("paused"));
    },
    advance(rounds) {
      allowance = allowance === Infinity ? rounds : allowance + rounds;
      wake();
    },
    goToEnd() {
      allowance = Infinity;
      wake();
    },
    stop() {
      isStopAsked = true;
      interruption.abort(new Error("stopped"));
      wake();
    },
    close() {
      isClosed = true;
      interruption.abort(new Error("the run is over"));
      wake();
    },
    wake: () => wake(),
    useRound() {
      allowance = Math.max(0, allowance - 1); // a pause may have set it to 0 during the step
    },
    hasStopped() {
      isStopAsked = false;
    },
    stepSignal() {
      interruption = new AbortController();
      return interruption.signal;
    },
    nextCommand: () => new Promise((resolve) => (wake = resolve)),
  };
}
