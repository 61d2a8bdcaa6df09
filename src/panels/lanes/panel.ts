// The panel that compares the lanes of a run.
import { MOST_LANES } from "../../settings/lanes";
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { numberUpTo, oneOf, viewRules } from "../viewRules";
import type { LanesView } from "./scene";

export const lanesPanel = definePanel({
  name: "lanes",
  explanation: {
    text:
      "Every lane runs the same prompt with its own policy, or the same policy on its own checkpoint. Overlap says how far two lanes keep the same tokens, and chance " +
      "is the overlap of two random sets of those sizes. Only positions that both lanes have decided on count: left out are " +
      "the newest, which every cache holds, those that both keep by rule (a protected prompt, sinks), and everything from " +
      "the step at which their answers diverge, since a position then holds different words.",
    formula:
      "overlap = |A ∩ B| / min(|A|, |B|); by chance |A ∩ B| is hypergeometric with mean |A|·|B| / n, so that chance = " +
      "max(|A|, |B|) / n, n = positions counted; KL = Σ p_full · ln(p_full / p_lane) in nats",
  },
  view: viewRules<LanesView>(
    { otherLane: null, keptHeads: "all" },
    { otherLane: numberUpTo(MOST_LANES - 1), keptHeads: oneOf("focus", "all") },
  ),
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
