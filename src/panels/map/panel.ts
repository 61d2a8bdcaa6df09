// The cache map.
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import type { MapView } from "./layout";
import { MapPanel } from "./MapPanel";

export const mapPanel = definePanel({
  name: "map",
  title: "Cache map",
  explanation: {
    text:
      "Each strip is the cache of one layer and KV head: a mark stands where it holds a token, as high as its value. " +
      "The heads choose for themselves, so the strip of all heads shows what memory one could give back token by token.",
    formula: "agreement of two heads = |A ∩ B| / |A|; by chance: slots / tokens written",
  },
  view: viewRules<MapView>(
    { quantity: "attention", axis: "position" },
    { quantity: oneOf("attention", "score", "age", "agreement", "none"), axis: oneOf("position", "slot") },
  ),
  component: MapPanel,
  takes: ["trace", "step", "focus", "hovered", "pinned", "onHover", "onFocus", "axisStepCount", "theme", "provenance"],
});
