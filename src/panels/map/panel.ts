// The cache map.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import type { MapView } from "./layout";

export const mapPanel = definePanel({
  name: "map",
  explanation: {
    text:
      "Each strip is the cache of one layer and KV head. A mark stands where the head holds a token; its height and colour are what “colour” names: attention, score or age. " +
      "Each head chooses for itself. The strip “all” shows how many heads hold a token, and which tokens no head needs any more. " +
      "In a run that merges, a cap marks a slot that stands for others, its votes; in one that selects what it reads, unread slots are grey.",
    formula: "agreement of two heads = |A ∩ B| / |A|; expected by chance: slots / tokens written",
  },
  view: viewRules<MapView>(
    { quantity: "attention", axis: "position", layers: "all" },
    {
      quantity: oneOf("attention", "score", "age", "agreement", "votes", "none"),
      axis: oneOf("position", "slot"),
      layers: oneOf("all", "focus"),
    },
  ),
  component: latePanel(async () => (await import("./MapPanel")).MapPanel),
  takes: [
    "trace",
    "step",
    "focus",
    "hovered",
    "pinned",
    "onHover",
    "onFocus",
    "onPin",
    "axisStepCount",
    "theme",
    "provenance",
  ],
});
