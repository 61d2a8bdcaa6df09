// A problem with a known answer, for a model to think about. Families: walk.

import type { WalkKnobs } from "./walk";

export interface Problem {
  /** Says all that it was made from: family, knobs and seed. */
  readonly id: string;
  readonly family: "walk";
  readonly knobs: WalkKnobs;
  /** Ends where the model begins to think; special tokens written out. */
  readonly prompt: string;
  readonly answer: string;
  /** What a model that makes no mistake writes after the prompt, end token included. */
  readonly trace: string;
}
