// The why card.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { scoreFormula } from "../score/words";

export const whyPanel = definePanel({
  name: "why",
  explanation: ({ header }) => ({
    text:
      "Why this head kept or evicted one token at its last event, and which α, λ or budget would have changed that. " +
      "Only that one event is computed again, from the scores that it started with.",
    formula: scoreFormula(header),
  }),
  component: latePanel(async () => (await import("./WhyPanel")).WhyPanel),
  takes: ["trace", "step", "focus", "hovered", "pinned", "onPin", "onFocus", "mistake"],
});
