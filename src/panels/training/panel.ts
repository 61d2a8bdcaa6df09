// Training: what the checkpoints of a distillation answer, stored and on the page's own problem.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { trainingViewRules } from "./view";

export const trainingPanel = definePanel({
  name: "training",
  explanation: {
    text:
      "Winnow 1M, distilled, learned in 3,000 steps to answer from G-KV’s small cache. Seven checkpoints of that run ship with the page: " +
      "the base, five along the way, the model at the end. The curves were measured in advance, the same problems for every checkpoint and " +
      "budget; a bar is one standard error either way. Each checkpoint can also decode the problem on the page, with the policy, budget and " +
      "sampling of the run on the stage; a second engine does it on the CPU. Words count as right up to the first that differs from the " +
      "problem’s own solution.",
    formula:
      "budget = share of the mean length of prompt and solution; error = √(p(1 − p)/n); loss = KL(full-cache teacher ‖ student under the " +
      "budgets drawn), mean over words, in nats",
  },
  view: trainingViewRules,
  component: latePanel(async () => (await import("./TrainingPanel")).TrainingPanel),
  takes: ["trace", "isEnded", "problem", "theme", "checkpointTrials", "onCheckpointTrials"],
});
