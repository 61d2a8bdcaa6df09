// Papers whose methods share slots out unevenly, or look at a score a second time.
import { readCode, type PolicyPaper } from "./policyPaper";

export const sharePapers: readonly PolicyPaper[] = [
  {
    policyId: "pyramidKv",
    source: {
      citation: "Cai et al. 2024, arXiv 2406.02069",
      address: "https://arxiv.org/abs/2406.02069",
      ...readCode.kvpress,
    },
    paper: [
      "Attention is wide in the first layers and narrow in the last, so the first layers get more slots and the last fewer.",
      "The slots fall in a straight line; the slope is set by β = 20.",
    ],
    code: [
      "KVPress shares out all slots. Where the last layer would get fewer than the window, every layer gets the same.",
      "Inside a layer it keeps SnapKV’s choice: attention of the newest tokens, averaged over the query heads and over five neighbours.",
    ],
    here: [
      "The slots beside the window are shared out, so that a small budget has a pyramid too; KVPress’s count is one choice away.",
      "The line follows the text as it grows: no layer has slots that its text cannot fill.",
    ],
    trials: [
      {
        label: "PyramidKV next to the same score with even shares",
        choices: { policyId: "pyramidKv" },
        others: [{ policyId: "snapKvOfKvPress" }],
      },
      {
        label: "A steep and a flat pyramid",
        choices: { policyId: "pyramidKv" },
        others: [{ policyId: "pyramidKv", pyramidBeta: 2 }],
      },
    ],
  },
  {
    policyId: "adaKv",
    source: {
      citation: "Feng et al. 2024, arXiv 2407.11550",
      address: "https://arxiv.org/abs/2407.11550",
      ...readCode.kvpress,
    },
    paper: [
      "Heads whose attention is spread out need more slots than heads that look at a few tokens. All heads of a layer compete for its slots.",
      "A safeguard of 0.2 of the budget stays with every head.",
    ],
    code: ["KVPress acts once, after the prompt. It masks what it does not keep and frees no memory."],
    here: [
      "It acts at every event, and the slots are freed: a head that gets fewer takes less memory.",
      "The window counts as part of the safeguard, as in the code.",
    ],
    trials: [
      {
        label: "Ada-KV next to the same score with even shares",
        choices: { policyId: "adaKv" },
        others: [{ policyId: "snapKvOfKvPress" }],
      },
      {
        label: "G-KV’s score with slots for whoever needs them",
        choices: { policyId: "gkv", share: "adaptive" },
        others: [{ policyId: "gkv" }],
      },
    ],
  },
  {
    policyId: "criticalKv",
    source: {
      citation: "Feng et al. 2025, arXiv 2502.03805",
      address: "https://arxiv.org/abs/2502.03805",
      ...readCode.kvpress,
    },
    paper: [
      "Attention alone does not say what a token changes in the output: its value, seen through the output projection, counts too.",
      "Half of the budget goes to the highest attention, the other half to attention times the norm of the projected value.",
    ],
    code: [
      "KVPress multiplies (score + 0.0001) by the norm, averaged over the query heads of a group. Any score may come first.",
    ],
    here: [
      "As KVPress, at every event. A score below 0 is turned upside down by it, as in the code: a larger norm then lowers it.",
    ],
    trials: [
      {
        label: "With and without the second stage",
        choices: { policyId: "criticalKv" },
        others: [{ policyId: "snapKvOfKvPress" }],
      },
    ],
  },
  {
    policyId: "criticalAdaKv",
    source: {
      citation: "Feng et al. 2025, arXiv 2502.03805",
      address: "https://arxiv.org/abs/2502.03805",
      ...readCode.kvpress,
    },
    paper: ["CriticalKV inside the slots that Ada-KV gives to each head."],
    code: [
      "KVPress counts each head’s slots by the score alone, over the whole batch at once, then fills them in two stages.",
    ],
    here: ["As KVPress for a batch of one, at every event, and with the slots freed."],
    trials: [
      {
        label: "CriticalAdaKV next to Ada-KV",
        choices: { policyId: "criticalAdaKv" },
        others: [{ policyId: "adaKv" }],
      },
    ],
  },
  {
    policyId: "headBudgets",
    source: {
      citation: "SurfaceLogicKV, arXiv 2508.15806",
      address: "https://arxiv.org/abs/2508.15806",
      code: "DiliLazyKV/DiliLazyKV, 6bd86c8",
      codeAddress: "https://github.com/DiliLazyKV/DiliLazyKV/tree/6bd86c8",
    },
    paper: [
      "Few heads carry an answer: those that copy a passage and those that derive from it. Heads get slots by what they do.",
      "The paper’s formulas are not public. We know only its abstract.",
    ],
    code: [
      "The same laboratory’s DiliLazyKV scores each query head by how precisely and how fully it looks at a planted passage (InfScore).",
      "The heads put ⌊b/1.5⌋ of their b slots beside the window into a pool, which their scores divide. Inside a head SnapKV chooses, once.",
    ],
    here: [
      "The formula is DiliLazyKV’s. Query heads that share a KV head are joined by the highest score, or the mean.",
      "Where rounding comes to more than the budget, the heads that it favoured most give a slot back.",
    ],
    trials: [
      {
        label: "Budgets by role next to even ones",
        choices: { policyId: "headBudgets" },
        others: [{ policyId: "snapKv", poolingSlots: 7 }],
      },
    ],
  },
  {
    policyId: "keepKv",
    source: {
      citation: "Tian et al. 2025, arXiv 2504.09936",
      address: "https://arxiv.org/abs/2504.09936",
      ...readCode.keepKv,
    },
    paper: [
      "An evicted token is merged into the kept one whose key lies closest, above a cosine of 0.8. The merged slot counts as many votes as it has tokens.",
      "Key and value are weighed so that the present query’s output stays as it was; later queries are met by a moving average of scores.",
      "It selects as PyramidInfer does. The averaging factor α and its window are not given.",
    ],
    code: [
      "The key is a plain mean, weighed by votes and the mean of exp(logit) over a recent window: the output changes.",
      "One KV head per query head only. Tokens without a close key are dropped, and their votes with them.",
    ],
    here: [
      "Both formulas, each named. Where a logit near 0 would blow up the paper’s key, a bias on the slot is as exact, and the event says so.",
      "Where query heads share a KV head, the merge is exact for their mean logit only; the change that is left is measured at every event.",
      "Window attention selects, or any other score of the list: merging is a choice beside it.",
    ],
    trials: [
      {
        label: "Merged and evicted, by the same score",
        choices: { policyId: "keepKv" },
        others: [{ policyId: "keepKv", merging: "none" }],
      },
      {
        label: "The paper’s merge, its code’s, and one without votes",
        choices: { policyId: "keepKv" },
        others: [
          { policyId: "keepKv", merging: "keepKvCode" },
          { policyId: "keepKv", merging: "convex" },
        ],
      },
    ],
  },
];
