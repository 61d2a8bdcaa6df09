// The score card: EffiVLM-Bench's four figures over every method, from the stored tables and the visitor's own runs.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { scoreCardRules } from "./view";

export const scoreCardPanel = definePanel({
  name: "scoreCard",
  explanation: {
    text:
      "After EffiVLM-Bench (arXiv 2506.00479), which asks four questions of every way to compress: how well it still does, how evenly over " +
      "suites, how often it says what the uncompressed model says, and what it saves. Its benchmarks are of images; here the suites are the " +
      "four families of problems, and frame streams by kind of question. Each figure has its suites as bars. Choose a figure of a row to see " +
      "which items flipped, and run one of them.",
    formula:
      "ρ = right ÷ right of the full cache; OP = √ mean ρ²; OG = σ(ρ) ÷ mean ρ; OL = share the same; OE = full cache ÷ method",
  },
  view: scoreCardRules,
  component: latePanel(async () => (await import("./ScoreCardPanel")).ScoreCardPanel),
  takes: ["sessionRuns", "onRun", "onStream"],
});
