// Pitfalls: which instruction of the prompt is forgotten first, in this run and in the stored sweep.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import { sweepFigures, type PitfallsView } from "./view";

export const pitfallsPanel = definePanel({
  name: "pitfalls",
  explanation: {
    text:
      "Which instruction is forgotten first? After “The Pitfalls of KV Cache Compression” (arXiv 2510.00231). For each " +
      "instruction of the prompt: how many of its tokens each head still holds, whether the answer obeys it (of a text of your " +
      "own: how much of it the answer repeats), and how far eviction prefers it to the others. Swap two instructions at the same budget, keep one whatever its score, or split " +
      "the budget fairly by length. Mark words of the prompt, of a text of your own too, to keep them or to make them an " +
      "instruction. Beside it, the same over many problems, with standard errors.",
    formula:
      "keep rate of X = tokens of X held ÷ tokens of X, mean over layers and KV heads; bias of X = keep rate of X − keep rate of the other instructions' tokens; repeated = ROUGE-L recall: most words that X and the answer have in the same order ÷ words of X",
  },
  view: viewRules<PitfallsView>(
    { figure: "kept", policy: "snapKv", order: "first" },
    {
      figure: oneOf(...sweepFigures),
      policy: (value): value is string => typeof value === "string",
      order: oneOf("first", "last"),
    },
  ),
  component: latePanel(async () => (await import("./PitfallsPanel")).PitfallsPanel),
  takes: ["trace", "step", "focus", "onFocus", "theme", "problem", "provenance", "onTry", "onBeside"],
});
