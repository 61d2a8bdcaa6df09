// The lifelines.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { flag, oneOf, viewRules } from "../viewRules";
import type { LifelinesView } from "./rows";

export const lifelinesPanel = definePanel({
  name: "lifelines",
  explanation: {
    text:
      "Each row is a token. At each step it is as high as the share of layers and KV heads that hold it, and it ends where the last " +
      "head evicts it: from then on no token can read it. Where the run merges, it goes on in another colour while other tokens carry it. A ring marks its last use, the last step " +
      "whose query gave it more than 2 % of any head’s attention.",
    formula:
      "lifetime = step of the last eviction − step of writing; age at eviction is the same for each head alone; " +
      "token retention ratio = slots in use ÷ positions written",
  },
  view: viewRules<LifelinesView>(
    { order: "position", isReversed: false, filter: "all" },
    {
      order: oneOf("position", "lifetime", "lastUse", "held", "regret"),
      isReversed: flag,
      filter: oneOf("all", "evicted", "gone", "prompt"),
    },
  ),
  component: latePanel(async () => (await import("./LifelinesPanel")).LifelinesPanel),
  takes: ["trace", "step", "focus", "hovered", "pinned", "onHover", "onPin", "axisStepCount", "theme", "regret"],
});
