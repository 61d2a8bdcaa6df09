// What a reader may choose in Training.
import { numberUpTo, oneOf, viewRules } from "../viewRules";

/** More checkpoints than any file has. */
const MOST_CHECKPOINTS = 31;

export interface TrainingView {
  /** Whose problems the curves are about; "own": those of the page's problem. */
  readonly family: "own" | "walk" | "diary" | "story" | "orders";
  /** The checkpoint chosen, counted from the base on; null for the last. */
  readonly checkpoint: number | null;
}

export const trainingViewRules = viewRules<TrainingView>(
  { family: "own", checkpoint: null },
  { family: oneOf("own", "walk", "diary", "story", "orders"), checkpoint: numberUpTo(MOST_CHECKPOINTS) },
);
