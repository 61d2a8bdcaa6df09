// What the evaluation and its worker processes say to each other, as JSON over the channel of child_process.fork.

import type { RunReport } from "./judgeRun";
import type { RunRecipe } from "../../src/engine/protocol";

export interface WorkerSetup {
  readonly modelFolder: string;
  readonly backend: "cpu" | "gpu";
}

export type WorkerCommand =
  ({ readonly type: "open" } & WorkerSetup) | { readonly type: "run"; readonly recipe: RunRecipe };

export type WorkerEvent =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly report: RunReport }
  /** This problem cannot be run; the worker goes on. */
  | { readonly type: "failed"; readonly message: string };
