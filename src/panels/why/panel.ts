// The why card.
import { definePanel } from "../definePanel";
import { scoreFormula } from "../score/words";
import { WhyPanel } from "./WhyPanel";

export const whyPanel = definePanel({
  name: "why",
  title: "Why",
  explanation: ({ header }) => ({
    text:
      "The figures that decided about one token in this head at the event that judged it last, and the smallest change of α, λ or budget that would have turned it. " +
      "Only that event is decided again: its scores from the past are taken as they were, and what other queries or keys would have given is not recorded.",
    formula: scoreFormula(header),
  }),
  component: WhyPanel,
  takes: ["trace", "step", "focus", "hovered", "pinned", "onPin", "onFocus"],
});
