// What differs from the papers, policy by policy: what the paper says, what the public code computes, what this page
// computes, and settings that show the difference. The long form, with formulas and sources, is docs/methods.md.
import { policyChoices } from "../../settings/inForce";
import { encodeLink } from "../../settings/link";
import { kvpressPapers, nextToControls } from "./kvpressPapers";
import { readCode, type PaperTrial, type PolicyPaper } from "./policyPaper";
import { sharePapers } from "./sharePapers";

/** The fragment of a trial's address: it opens in Explore, where the settings are in sight. */
export function trialLink({ choices, others = [] }: PaperTrial): string {
  return encodeLink({ choices, comparison: { others, isForced: false }, way: "explore" });
}

const told: readonly PolicyPaper[] = [
  {
    policyId: "gkv",
    source: {
      citation: "Liao et al. 2025, arXiv 2512.00504",
      address: "https://arxiv.org/abs/2512.00504",
      ...readCode.gkv,
    },
    paper: [
      "Scores a token by the attention of the newest tokens, joined with what is left of its past score, minus its redundancy.",
      "Window 16, an event every 128 steps, budgets from 512. With no past, a token’s score is its attention S.",
    ],
    code: [
      "With no past, the score is S / max S.",
      "The redundancy kernel was replaced two days after the paper appeared, so the paper’s results come from an older definition.",
      "Inference in bf16 leaves redundancy 10 to 12 distinct values in our test: ties at the cut-off are the rule.",
      "Training for sparse attention (RL-Sparse) uses a mask that lags one interval, and the last layer’s mask for every layer.",
    ],
    here: [
      "The same formula as the code, in float32, with today’s kernel. Of equal scores the older token stays.",
      "Budget 96 and an event every 16 steps, because our texts have 340 tokens rather than 16,000.",
      "Only Winnow 1M, distilled, was trained under eviction, with the true mask; see post-training at the end.",
    ],
    trials: [
      {
        label: "G-KV with and without its memory (α = 0)",
        choices: { policyId: "gkv" },
        others: [{ policyId: "gkv", alpha: 0 }],
      },
      {
        label: "The kernel’s redundancy and the older one",
        choices: { policyId: "gkv" },
        others: [{ policyId: "gkv", redundancy: "raw" }],
      },
      {
        label: "Past and present joined by max, mean and sum",
        choices: { policyId: "gkv" },
        others: [
          { policyId: "gkv", smoothing: "mean" },
          { policyId: "gkv", smoothing: "sum" },
        ],
      },
    ],
  },
  {
    policyId: "snapKv",
    source: {
      citation: "Li et al. 2024, arXiv 2404.14469",
      address: "https://arxiv.org/abs/2404.14469",
      ...readCode.gkv,
    },
    paper: [
      "Compresses the prompt: it selects once, after the prompt is read, and keeps everything that is generated.",
      "The authors’ code scores each query head by itself.",
    ],
    code: [
      "G-KV’s repository repeats SnapKV at every event, as a baseline for long reasoning.",
      "Query heads that share a KV head are joined by their maximum; scores are pooled over 5 neighbouring slots.",
    ],
    here: [
      "As in G-KV’s repository. Neighbours are cache slots: after an eviction they may stand far apart in the text.",
      "Pooling makes ties by construction; the older token stays.",
    ],
    trials: [
      {
        label: "Select once, after the prompt (no further event)",
        choices: { policyId: "snapKv", budgetSlots: 64, intervalSteps: 1024 },
      },
      {
        label: "With and without pooling",
        choices: { policyId: "snapKv" },
        others: [{ policyId: "snapKv", poolingSlots: 1 }],
      },
      {
        label: "Query heads joined by max and by mean",
        choices: { policyId: "snapKv" },
        others: [{ policyId: "snapKv", groupPooling: "mean" }],
      },
    ],
  },
  {
    policyId: "rKv",
    source: {
      citation: "Cai et al. 2025, arXiv 2505.24133",
      address: "https://arxiv.org/abs/2505.24133",
      ...readCode.rKv,
    },
    paper: [
      "Scores a token by its importance (attention of the newest tokens) and its redundancy, weighed by λ = 0.1.",
    ],
    code: [
      "R-KV’s own code joins query heads before the softmax, leaves the window out of the softmax, pools over 7 slots, and uses λ = 0.07 and a window of 8.",
      "Its cache stays in the order of rank, so that pooling and “newest duplicate” follow rank instead of time.",
      "G-KV’s preset of the same name differs in all of these: it joins after the softmax, over all slots, and pools over 5.",
    ],
    here: ["As G-KV’s preset. Neither attention nor redundancy is divided by its maximum, unlike G-KV’s own score."],
    trials: [
      {
        label: "The preset next to the numbers of R-KV’s own code",
        choices: { policyId: "rKv" },
        others: [{ policyId: "rKv", lambda: 0.07, poolingSlots: 7, redundancy: "raw", windowSlots: 8 }],
      },
      { label: "R-KV next to G-KV", choices: { policyId: "rKv" }, others: [{ policyId: "gkv" }] },
    ],
  },
  {
    policyId: "h2o",
    source: {
      citation: "Zhang et al. 2023, arXiv 2306.14048",
      address: "https://arxiv.org/abs/2306.14048",
      ...readCode.gkv,
    },
    paper: [
      "Sums the attention that a token receives over every step, undecayed (“heavy hitters”).",
      "Keeps as many recent tokens as heavy hitters.",
    ],
    code: [
      "G-KV’s preset looks only at the newest query, once per event, divides by the maximum, and lets the sum decay by α = 0.8.",
      "With α = 1 the sum starts from the attention of the whole prompt; a prompt longer than the budget then fails.",
    ],
    here: [
      "As G-KV’s preset, so read its results as those of the preset, not of H2O.",
      "With α = 1 a long prompt works: its sums join like any past score.",
    ],
    trials: [
      {
        label: "Decayed, and undecayed as in the paper (α = 1)",
        choices: { policyId: "h2o" },
        others: [{ policyId: "h2o", alpha: 1 }],
      },
      {
        label: "Divided by the maximum, and as measured",
        choices: { policyId: "h2o" },
        others: [{ policyId: "h2o", isNormalised: false }],
      },
    ],
  },
  {
    policyId: "streamingLlm",
    source: {
      citation: "Xiao et al. 2023, arXiv 2309.17453",
      address: "https://arxiv.org/abs/2309.17453",
      ...readCode.gkv,
    },
    paper: [
      "Keeps the first 4 tokens (attention sinks) and the most recent ones, after every step.",
      "Gives the kept tokens new positions, counted within the cache.",
    ],
    code: [
      "Keys keep their original positions, so that attention sees gaps.",
      "4 sinks and a window of 512 make 516 slots; the budget is not read. It runs at events, like every other policy.",
    ],
    here: ["Original positions, as in the code. The budget counts everything, sinks included."],
    trials: [
      {
        label: "With 4 sinks and without",
        choices: { policyId: "streamingLlm" },
        others: [{ policyId: "streamingLlm", sinkSlots: 0 }],
      },
      {
        label: "An event after every step, as in the paper",
        choices: { policyId: "streamingLlm", intervalSteps: 1 },
      },
    ],
  },
  {
    policyId: "streamingLlmRerotated",
    source: {
      citation: "Xiao et al. 2023, arXiv 2309.17453",
      address: "https://arxiv.org/abs/2309.17453",
      ...readCode.kvpress,
    },
    paper: [
      "Keeps the first 4 tokens (attention sinks) and the most recent ones, after every step.",
      "Gives the kept tokens new positions, counted within the cache.",
    ],
    code: ["KVPress rotates the kept keys once, after the prompt, to positions without gaps."],
    here: [
      "Kept keys are rotated to their slots at every event, and so are the queries of the window; new tokens follow at the next slot.",
    ],
    trials: [
      {
        label: "New positions and old ones",
        choices: { policyId: "streamingLlmRerotated" },
        others: [{ policyId: "streamingLlm" }],
      },
      {
        label: "An event after every step, as in the paper",
        choices: { policyId: "streamingLlmRerotated", intervalSteps: 1 },
      },
    ],
  },
  {
    policyId: "fullCache",
    source: null,
    paper: ["The model as it is: nothing is ever evicted. Papers call it FullKV."],
    code: ["The stock model."],
    here: ["The same. Every other policy is measured against it."],
    trials: [
      {
        label: "The full cache next to G-KV",
        choices: { policyId: "fullCache" },
        others: [{ policyId: "gkv" }],
      },
    ],
  },
  {
    policyId: "random",
    source: null,
    paper: ["No paper. It is our control: a score is worth something only where it beats chance."],
    code: ["None."],
    here: [
      "Each event, layer and KV head draws anew, with the seed. The window always stays.",
      "The prompt stays only if prompt and window fit the budget together; otherwise its tokens may be evicted like any other.",
    ],
    trials: [
      {
        label: "G-KV next to random eviction",
        choices: { policyId: "gkv" },
        others: [{ policyId: "random" }],
      },
    ],
  },
  {
    policyId: "promptRecent",
    source: null,
    paper: ["No paper. It is our plain baseline: keep what was asked and what came last."],
    code: ["None."],
    here: ["Keeps the prompt and fills the rest of the budget with the newest tokens. It never looks at attention."],
    trials: [
      {
        label: "Prompt + recent next to StreamingLLM",
        choices: { policyId: "promptRecent" },
        others: [{ policyId: "streamingLlm" }],
      },
    ],
  },
];

const noCode = { code: "", codeAddress: "" } as const;

/** In the order of menus. A policy that nobody has told more about says what its record says. */
export const policyPapers: readonly PolicyPaper[] = policyChoices().map(
  ({ id, summary }) =>
    [...told, ...kvpressPapers, ...sharePapers].find(({ policyId }) => policyId === id) ?? ofRecord(id, summary),
);

function ofRecord(policyId: string, summary: string): PolicyPaper {
  const [arXiv] = /\d{4}\.\d{5}/.exec(summary) ?? [];
  const source =
    arXiv === undefined ? null : { citation: `arXiv ${arXiv}`, address: `https://arxiv.org/abs/${arXiv}`, ...noCode };
  return { policyId, source, paper: [`${summary}.`], code: [], here: [], trials: nextToControls(policyId) };
}

/** What holds for all of them. */
export const commonDifferences: readonly string[] = [
  "An event comes every so many steps, not whenever the budget is exceeded. The step of an event still sees everything; the next one is the first to feel it. The code does the same.",
  "Every layer and KV head keeps its own tokens. So does the code.",
  "Equal scores: the code leaves the order to its library. Here the older token stays, so that a run can be repeated.",
  "We read and ran the code. Of the G-KV paper we read the abstract and the introduction directly; its equations and numbers come from published reading notes and reviews.",
];
