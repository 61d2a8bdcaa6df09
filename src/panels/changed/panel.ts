// What changed?: two checkpoints on the same tokens, and what was measured of them over many problems.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { changedViewRules } from "./view";

export const changedPanel = definePanel({
  name: "changed",
  explanation: {
    text:
      "A model that is trained on under eviction answers from a smaller cache. What is different in it? Both checkpoints are fed the " +
      "same tokens, each under its own eviction. Looked at are the words that are read from a fact, once an event has decided about " +
      "the fact: does the model find the word, how many heads still keep the fact, which heads attend to it, and how widely the " +
      "window’s votes spread. The stored figures do the same over 100 problems, and test where the gain comes from: the fact’s slots " +
      "are withheld from some heads where the word is read, or as many other slots as a control. The reading head is the one that " +
      "attends to the fact most in the base model with the full cache.",
    formula:
      "right = the model’s most probable token is the word; kept = the head holds the word itself or the fact’s full stop; attention = sum " +
      "over the fact’s slots, the largest of the group’s query heads in each; spread = −Σ p·ln p, p = S ÷ ΣS over the candidates; standard " +
      "errors over problems",
  },
  view: changedViewRules,
  component: latePanel(async () => (await import("./ChangedPanel")).ChangedPanel),
  takes: ["trace", "lanes", "shownStep", "problem", "onMove", "onCheckpoints"],
});
