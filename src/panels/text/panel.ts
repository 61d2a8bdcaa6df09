// The text panel.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { flag, oneOf, viewRules } from "../viewRules";
import type { TextView } from "./layout";

export const textPanel = definePanel({
  name: "text",
  explanation: {
    text:
      "The darker a token’s background (on a dark page: the brighter), the more heads still hold its key and value. Underlined: in the window, always kept. " +
      "Struck through: evicted from every head, so that no later token can read it. With regret as the fill, the background " +
      "shows how much a full cache would still have looked at a token that was evicted.",
    formula: "fill = heads that hold the token / (layers × KV heads)",
  },
  view: viewRules<TextView>(
    { heads: "all", fill: "held", hasWhitespace: false },
    { heads: oneOf("all", "focus"), fill: oneOf("held", "regret"), hasWhitespace: flag },
  ),
  component: latePanel(async () => (await import("./TextPanel")).TextPanel),
  takes: ["trace", "step", "focus", "hovered", "pinned", "onHover", "onPin", "provenance", "regret"],
});
