// The lifelines.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { flag, oneOf, viewRules } from "../viewRules";
import type { LifelinesView } from "./rows";

export const lifelinesPanel = definePanel({
  name: "lifelines",
  title: "Lifelines",
  explanation: {
    text:
      "A row is one token, as high at each step as the share of layers and KV heads that hold it; it ends where the last " +
      "head evicts it, because only then can no later token read it anywhere. A ring marks its last use: the last step " +
      "whose own query gave it more than 2 % of the attention of any head, from the recorded rows.",
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
