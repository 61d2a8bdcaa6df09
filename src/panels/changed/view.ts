// What a reader may choose in What changed?: which of the stored figures are drawn.
import type { WordGroup } from "../../state/storedMeasures";
import { oneOf, viewRules } from "../viewRules";

export interface ChangedView {
  readonly budgetShare: (typeof measuredShares)[number];
  readonly family: (typeof measuredFamilies)[number];
  readonly words: WordGroup;
}

export const measuredShares = [0.15, 0.25] as const;
export const measuredFamilies = ["all", "walk", "diary", "story", "orders"] as const;

export const changedViewRules = viewRules<ChangedView>(
  { budgetShare: 0.15, family: "all", words: "lost" },
  {
    budgetShare: oneOf(...measuredShares),
    family: oneOf(...measuredFamilies),
    words: oneOf("all", "held", "lost"),
  },
);
