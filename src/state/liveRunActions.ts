// What a person can do to a live run, and what it needs of the page around it.
import type { EngineClient } from "../engine/client";
import type { EngineEvent, ModelReference } from "../engine/protocol";
import type { Problem } from "../problems/problem";
import type { Settings } from "../settings/settings";

export interface LiveRunActions {
  /** Starts a live run with the settings in force; "step" generates one token and pauses. */
  readonly run: (mode: "run" | "step") => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** One more token of a paused run. */
  readonly stepOnce: () => void;
  readonly stop: () => void;
  /** Holds or goes on with whatever moves the page: the live run at its head, else the playback. */
  readonly playPause: () => void;
  readonly continueRun: (extraTokens: number) => void;
  /** Steps per second at which runs play and live runs go; Infinity lets a live run go as fast as it can. */
  readonly setSpeed: (stepsPerSecond: number) => void;
  /** Called by the clock: that much time has passed. */
  readonly advanceClock: (elapsedMs: number) => void;
  /** For tests: loses the GPU device as a driver crash would. */
  readonly loseDevice: () => void;
}

export interface LiveRunSurroundings {
  /** The models to choose from; one that is not among them falls back to the first. */
  readonly models: readonly ModelReference[];
  /** Called when the engine is first asked for, not before. */
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Runs a function before the next frame, at most one at a time: steps may come faster than the screen draws. */
  readonly beforeNextFrame: (show: () => void) => void;
}

/** What a run was asked to be. */
export interface RunWish {
  /** At least one; all of one problem, model and machine. */
  readonly lanes: readonly Settings[];
  /** All lanes are fed the tokens of the full cache. */
  readonly isForced: boolean;
  readonly problem: Problem | null;
  readonly mode: "run" | "step";
}
