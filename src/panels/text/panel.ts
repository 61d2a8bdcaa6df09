// The text panel.
import { definePanel } from "../definePanel";
import { flag, oneOf, viewRules } from "../viewRules";
import type { TextView } from "./layout";
import { TextPanel } from "./TextPanel";

export const textPanel = definePanel({
  name: "text",
  title: "Text",
  explanation: {
    text:
      "The text, as the cache sees it: the fuller a token’s background, the more heads still hold its key and value; " +
      "the newest tokens in the window cannot be evicted. With regret as the fill, the background shows how much the full cache " +
      "would still have looked at what was evicted.",
    formula: "fill = heads that hold the token / (layers × KV heads)",
  },
  view: viewRules<TextView>(
    { heads: "all", fill: "held", hasWhitespace: false },
    { heads: oneOf("all", "focus"), fill: oneOf("held", "regret"), hasWhitespace: flag },
  ),
  component: TextPanel,
  takes: ["trace", "step", "focus", "hovered", "pinned", "onHover", "onPin", "provenance", "regret"],
});
