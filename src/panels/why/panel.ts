// The why card.
import { definePanel } from "../definePanel";
import { scoreFormula } from "../score/words";
import { WhyPanel } from "./WhyPanel";

export const whyPanel = definePanel({
  name: "why",
  title: "Why",
  explanation: ({ header }) => ({
    text:
      "The figures that decided about one token in this head at its last event, and the values of α, λ and the budget that would have changed the outcome. " +
      "Only that event is decided again: scores carried into it stay as they were, and what other queries or keys would have given is not recorded.",
    formula: scoreFormula(header),
  }),
  component: WhyPanel,
  takes: ["trace", "step", "focus", "hovered", "pinned", "onPin", "onFocus"],
});
