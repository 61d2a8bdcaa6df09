// What the lanes panel says about itself.
import type { Explanation } from "../../ui/Panel";

export const noLanes =
  "One policy alone is on the clock. Under Compare, add a lane (another policy, other numbers, the full cache or random " +
  "eviction) and press Run: up to four run on the same prompt, step by step, and are judged here side by side.";

export const explanation: Explanation = {
  text:
    "Every lane runs the same prompt with a policy of its own; overlap asks whether two of them keep the same tokens, and " +
    "chance is what two sets of those sizes drawn by lot would share. Counted are only positions on whose fate both lanes " +
    "have decided: the newest, which every cache holds, are left out, and so is what both keep by rule (a protected " +
    "prompt, sinks) and everything from the step on at which their tokens part, since a position then means different words.",
  formula:
    "overlap = |A ∩ B| / min(|A|, |B|); by chance |A ∩ B| is hypergeometric with mean |A|·|B| / n, so that chance = " +
    "max(|A|, |B|) / n, n = positions counted; KL = Σ p_full · ln(p_full / p_lane) in nats",
};
