// The window overlap panel.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import { retainedShares, windowCounts, type OverlapView } from "./view";

export const overlapPanel = definePanel({
  name: "overlap",
  explanation: {
    text:
      "Each window of w steps votes for the tokens that its queries attended to. A policy that asks only the last window " +
      "assumes that earlier windows would have voted the same. Compared are the positions before all windows that are still " +
      "held, so the full cache shows the paper’s figure, and an evicting run what is left of it. Where " +
      "scores tie at the cut, each tied position counts in part, as if drawn at random. The " +
      "survivors of an event are compared with those of the event M − 1 events before. Read every curve against chance: " +
      "at a large ρ any two sets agree.",
    formula:
      "S_m = mean over the window’s w rows of max over the group’s query heads; T_m = the k = round(ρ·n) best; " +
      "single = |T_M ∩ T_m|/k, chance k/n; union = |T_M ∩ (T_1 ∪ … ∪ T_(M−1))|/k, chance 1 − (1 − k/n)^(M−1)",
  },
  view: viewRules<OverlapView>(
    { windowCount: 4, share: null, source: "rows" },
    { windowCount: oneOf(...windowCounts), share: oneOf(...retainedShares), source: oneOf("rows", "events") },
  ),
  component: latePanel(async () => (await import("./OverlapPanel")).OverlapPanel),
  takes: ["trace", "step", "focus", "theme"],
});
