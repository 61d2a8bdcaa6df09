// What differs from the papers for the scores of NVIDIA's KVPress and of R-KV's repository, as papers.ts has it for the rest.
import { readCode, type PaperSource, type PolicyPaper } from "./policyPaper";

interface Told {
  readonly authors: string;
  /** Null for a score that no paper proposes. */
  readonly arXiv: string | null;
  readonly paper: readonly string[];
  readonly code: readonly string[];
  readonly here: readonly string[];
}

function entry(
  policyId: string,
  { authors, arXiv, ...told }: Told,
  repository: Pick<PaperSource, "code" | "codeAddress"> = readCode.kvpress,
): PolicyPaper {
  return {
    policyId,
    source: {
      citation: arXiv === null ? authors : `${authors}, arXiv ${arXiv}`,
      address: arXiv === null ? repository.codeAddress : `https://arxiv.org/abs/${arXiv}`,
      ...repository,
    },
    ...told,
    trials: nextToControls(policyId),
  };
}

/** What any score is worth shows next to G-KV and to chance. */
export function nextToControls(policyId: string): PolicyPaper["trials"] {
  return [
    {
      label: "Next to G-KV and to random eviction",
      choices: { policyId },
      others: [{ policyId: "gkv" }, { policyId: "random" }],
    },
  ];
}

const onceThere = "Acts once, after the prompt is read, and may evict the newest tokens.";
const recurring = "Events recur while decoding, and the window always stays.";

export const kvpressPapers: readonly PolicyPaper[] = [
  entry("keyNorm", {
    authors: "Devoto et al. 2024",
    arXiv: "2406.11430",
    paper: [
      "Keys of small norm draw attention, so the largest norms leave first. Spares the first two layers of some models.",
    ],
    code: [onceThere, "Spares no layer."],
    here: [recurring, "Spares no layer, as in the code."],
  }),
  entry("keyDiff", {
    authors: "Park et al. 2025",
    arXiv: "2504.15364",
    paper: ["Keys that point where most keys point repeat one another: those most unlike the mean direction stay."],
    code: [onceThere, "Each key is divided by its length before the mean is taken."],
    here: [recurring, "The mean is over all slots of the head, the window’s included."],
  }),
  entry("lagKv", {
    authors: "Liang et al. 2025",
    arXiv: "2504.04704",
    paper: [
      "A token stays if it is unlike its neighbours, measured on the scale of the block that follows. Every block gives alike.",
    ],
    code: [onceThere, "With its cross scoring, blocks compete."],
    here: [recurring, "Both readings can be chosen. Of equal ranks the older token stays."],
  }),
  entry("cur", {
    authors: "Sengupta et al. 2025 (CurDKV)",
    arXiv: "2509.15038",
    paper: ["Chooses rows of keys and values by their leverage, as a CUR decomposition does."],
    code: [onceThere, "Squared norms of keys and values stand for the leverage; sinks get a score of 1."],
    here: [recurring, "Sinks must stay. A random projection is drawn once per run, not at each event."],
  }),
  entry("leverage", {
    authors: "Chari and Van Durme 2025 (Compactor)",
    arXiv: "2507.08143",
    paper: ["Keys that the others do not span stay: the half of Compactor that knows no attention."],
    code: [onceThere, "Keys before RoPE, through a random sketch, standardised over all heads of the layer."],
    here: [recurring, "Among the candidates, through a sketch that is drawn once per run."],
  }),
  entry("qFilter", {
    authors: "Godey et al. 2025",
    arXiv: "2503.02812",
    paper: ["The queries of a head lie on one side of a direction, so keys on that side will be looked at."],
    code: [onceThere, "Takes the direction of each model from a hub."],
    here: [recurring, "The direction is found beforehand from the model’s own queries and ships with it."],
  }),
  entry("tova", {
    authors: "Oren et al. 2024",
    arXiv: "2401.06104",
    paper: [
      "Evicts one token a step: the one that the newest query attends to least, averaged over all heads of a layer.",
    ],
    code: [onceThere],
    here: [`${recurring} An interval of 1 comes closest to the paper.`],
  }),
  entry("snapKvOfKvPress", {
    authors: "Li et al. 2024",
    arXiv: "2404.14469",
    paper: ["Selects once, after the prompt is read, by the attention of the newest tokens, pooled over neighbours."],
    code: [
      onceThere,
      "Query heads of a group are averaged, neighbours too; the window has 64 tokens, and the row’s ends count zeros.",
    ],
    here: [
      recurring,
      "The average of the group and of the neighbours, where G-KV’s and R-KV’s repositories take the highest.",
    ],
  }),
  entry("h2oOfKvPress", {
    authors: "Zhang et al. 2023",
    arXiv: "2306.14048",
    paper: ["Sums the attention that a token receives over every step, undivided, and keeps a recent half."],
    code: [onceThere, "Divides the sum by the number of queries that could see the token: late tokens come out high."],
    here: [recurring, "Every forward counts, prompt included, divided as in the code."],
  }),
  entry("expectedAttention", {
    authors: "Devoto et al. 2025",
    arXiv: "2510.00636",
    paper: [
      "Takes the newest queries for a Gaussian cloud and foretells the attention of the queries to come, times the norm of the value.",
      "ε = 0.02, and a buffer of 128 queries while decoding.",
    ],
    code: [
      "ε = 0. The decoding wrapper buffers 256 queries, drops its first four whatever their positions, and turns them to positions counted from the buffer’s length.",
    ],
    here: [
      recurring,
      "The sinks’ queries are dropped, and the positions are those to come. ε, buffer and reach can be set.",
      "Scores below 10⁻³⁰ are ranked by their logarithm. In the code they soon become 0, and all zeros tie.",
    ],
  }),
  entry("cap", {
    authors: "No paper; KVPress’s own",
    arXiv: null,
    paper: ["None."],
    code: [
      onceThere,
      "Weighs each value by what it adds to the span of those whose keys lie well with the mean query of the prompt.",
    ],
    here: [recurring, "The mean is of the buffered queries instead of the prompt’s."],
  }),
  entry("nonCausalAttention", {
    authors: "Chari and Van Durme 2025",
    arXiv: "2507.08143",
    paper: ["A half of Compactor: every query of a chunk sees the whole chunk."],
    code: [onceThere, "Scales no logits, and its mask hides no padding."],
    here: [recurring, "Both as in the code. The query of every held token is kept for it."],
  }),
  entry("finch", {
    authors: "Corallo and Papotti 2024",
    arXiv: "2408.00167",
    paper: ["The question, behind a delimiter, is the window; the context is read in chunks."],
    code: [onceThere, "Each query’s row counts times the number of keys before it."],
    here: [recurring, "The newest tokens take the question’s place."],
  }),
  entry(
    "rKvOwn",
    {
      authors: "Cai et al. 2025",
      arXiv: "2505.24133",
      paper: ["Scores a token by its importance and its redundancy, weighed by λ = 0.1."],
      code: [
        "Joins query heads before the softmax, which leaves the window out; pools over 7; λ = 0.07, window 8.",
        "Its cache stays in rank order, so that neighbours and the newest duplicate are those of the ranking. It also acts at n = B.",
      ],
      here: ["The same numbers and the same softmax. The cache stays in the order of the text."],
    },
    readCode.rKv,
  ),
  entry(
    "snapKvOfRKv",
    {
      authors: "Li et al. 2024",
      arXiv: "2404.14469",
      paper: ["Selects once, after the prompt is read."],
      code: [
        "R-KV’s repository repeats it at every event; joins query heads before the softmax, which leaves the window out.",
      ],
      here: ["As in R-KV’s repository, in the order of the text."],
    },
    readCode.rKv,
  ),
];
