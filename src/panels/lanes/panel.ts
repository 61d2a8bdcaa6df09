// The panel that sets several lanes side by side.
import { MOST_LANES } from "../../settings/lanes";
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { numberUpTo, oneOf, viewRules } from "../viewRules";
import type { LanesView } from "./view";

export const lanesPanel = definePanel({
  name: "lanes",
  title: "Lanes",
  explanation: {
    text:
      "Every lane runs the same prompt with a policy of its own; overlap asks whether two of them keep the same tokens, and " +
      "chance is what two sets of those sizes drawn by lot would share. Counted are only positions on whose fate both lanes " +
      "have decided: the newest, which every cache holds, are left out, and so is what both keep by rule (a protected " +
      "prompt, sinks) and everything from the step on at which their tokens part, since a position then means different words.",
    formula:
      "overlap = |A ∩ B| / min(|A|, |B|); by chance |A ∩ B| is hypergeometric with mean |A|·|B| / n, so that chance = " +
      "max(|A|, |B|) / n, n = positions counted; KL = Σ p_full · ln(p_full / p_lane) in nats",
  },
  view: viewRules<LanesView>(
    { otherLane: null, keptHeads: "all" },
    { otherLane: numberUpTo(MOST_LANES - 1), keptHeads: oneOf("focus", "all") },
  ),
  leastLanes: 2,
  component: latePanel(async () => (await import("./LanesPanel")).LanesPanel),
  takes: [
    "lanes",
    "stageLane",
    "shownStep",
    "axisStepCount",
    "problem",
    "focus",
    "hovered",
    "pinned",
    "onHover",
    "onPin",
    "onLane",
    "onMove",
    "onFocus",
    "provenance",
  ],
});
