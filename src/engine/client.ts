// The page's end of the worker: starts it, sends commands, drops events of other runs, grants credit.

import type { BackendChoice, EngineEvent, ModelReference, RunRecipe } from "./protocol";

export interface EngineClient {
  load(model: ModelReference, backend: BackendChoice): void;
  /** Starts a run (ending the one before) and returns its number. */
  start(recipe: RunRecipe, isPaused: boolean): number;
  pause(): void;
  resume(): void;
  /** Generates this many tokens and pauses again. */
  advance(stepCount: number): void;
  /** Goes on after the end. */
  continueRun(extraTokens: number): void;
  stop(): void;
  loseDevice(): void;
  dispose(): void;
}

export type CreateEngineClient = (onEvent: (event: EngineEvent) => void) => EngineClient;
