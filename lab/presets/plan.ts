// What a preset is to show, before a problem that shows it has been found.

import type { Problem, ProblemFamily } from "../../src/problems/problem";
import type { LaneChoices } from "../../src/settings/lanes";
import type { PresetLane, PresetLoss, PresetShare } from "../../src/settings/presets";
import type { Choices } from "../../src/settings/settings";

export interface PresetPlan {
  readonly id: string;
  readonly title: string;
  readonly family: ProblemFamily;
  /** Of the run itself, which is on stage: the lane that loses what is needed. Without the problem. */
  readonly choices: Choices;
  readonly others: readonly LaneChoices[];
  /** How each lane has to end; null where either will do. */
  readonly answers: readonly (PlannedAnswer | null)[];
  /** The lane that still holds what the first has lost. */
  readonly keeper: number;
  /** Where the fact has to stand that is lost; anywhere where this is absent. */
  readonly lossIn?: "prompt" | "reasoning";
  /** What else the second sentence counts. */
  readonly besides?: readonly { readonly family: ProblemFamily; readonly choices: Choices }[];
  /** What one sees; why it matters and how often it holds. */
  readonly sentences: (facts: PresetFacts) => readonly [sees: string, matters: string];
}

/** Not right: wrong, or without an answer. */
export type PlannedAnswer = "right" | "notRight";

/** What the two sentences may say. */
export interface PresetFacts {
  readonly problem: Problem;
  readonly promptCount: number;
  readonly lanes: readonly PresetLane[];
  readonly besides: readonly PresetShare[];
  readonly loss: PresetLoss;
}
