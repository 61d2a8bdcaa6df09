// Scores that rest on more queries than the window's, or weigh the window in their own way, as NVIDIA/kvpress computes them
// (commit 8bb29b9, kvpress/presses/). There a press acts once, after the prompt; here events recur, and the newest tokens
// always stay. Methods section 19.
import { formulaStep as step, TOTAL, type Formula, type FormulaStep } from "./formula";
import { budgetParameters, type ParameterName } from "./parameters";
import { term, type Policy, type PolicyParameters, type TermName } from "./policy";

const shared: readonly ParameterName[] = [...budgetParameters, "windowSlots", "isPromptProtected"];

/**
 * TOVA (Oren et al. 2024, arXiv:2401.06104; tova_press.py): the newest query alone, averaged over all query heads of the
 * layer, so that its KV heads keep the same tokens. The paper evicts one token a step.
 */
export const tova: Policy = {
  id: "tova",
  label: "TOVA",
  summary: "Keeps the tokens that the newest one attends to, the same in every head of a layer (arXiv 2401.06104)",
  defaults: { windowSlots: 1, groupPooling: "mean" },
  uses: shared,
  isEvicting: true,
  formula: () => scored([...voteSteps("windowAttention"), step(TOTAL, "layerMean", ["local"])]),
  fair: {
    formula: () =>
      scored([
        step("ownVotes", "layerMean", [term("instructionVotes")]),
        step(TOTAL, "pooledVotes", ["ownVotes"], [1]),
      ]),
    quotas: "lengths",
  },
};

/**
 * SnapKV (Li et al. 2024, arXiv:2404.14469; snapkv_press.py): the group joined by its mean and neighbours averaged, where
 * G-KV's and R-KV's repositories take the highest of both. KVPress's window is 64; the ends of the row count zeros.
 */
export const snapKvOfKvPress: Policy = {
  id: "snapKvOfKvPress",
  label: "SnapKV (KVPress)",
  summary:
    "Keeps the tokens that the newest ones attend to on average, and their neighbours (arXiv 2404.14469, KVPress)",
  defaults: { groupPooling: "mean", poolingSlots: 5 },
  uses: [...shared, "poolingSlots"],
  isEvicting: true,
  formula: ({ poolingSlots }) =>
    scored([...voteSteps("windowAttention"), step(TOTAL, "averagePooled", ["local"], [poolingSlots])]),
  fair: {
    formula: ({ poolingSlots }) =>
      scored([
        step("ownVotes", "copy", [term("instructionVotes")]),
        step(TOTAL, "pooledVotes", ["ownVotes"], [poolingSlots]),
      ]),
    quotas: "lengths",
  },
};

/**
 * H2O (Zhang et al. 2023, arXiv:2306.14048) as KVPress has it (observed_attention_press.py): what a slot received in every
 * forward, divided by the number of queries that could see it. The paper doesn't divide, and keeps a recent half. Late
 * tokens are judged by few queries and come out high.
 */
export const h2oOfKvPress: Policy = {
  id: "h2oOfKvPress",
  label: "H2O (KVPress)",
  summary: "Keeps the tokens that received most attention per query that could see them (arXiv 2306.14048, KVPress)",
  defaults: { windowSlots: 1 },
  uses: shared,
  isEvicting: true,
  formula: () => scored([step(TOTAL, "copy", [term("observedAttention")])]),
  fair: { formula: () => scored([step(TOTAL, "copy", [term("instructionAttention")])]), quotas: "lengths" },
};

/**
 * Expected Attention (Devoto et al. 2025, arXiv:2510.00636; expected_attention_press.py): a Gaussian cloud of the newest
 * queries foretells the attention of those to come. The paper has ε = 0.02 and a buffer of 128 while decoding, the code
 * ε = 0; KVPress's decoding wrapper buffers 256, drops its first four whatever their positions, and turns the queries to
 * positions counted from the buffer's length. Here the sinks' queries are dropped, and the positions are those to come.
 */
export const expectedAttention: Policy = {
  id: "expectedAttention",
  label: "Expected Attention",
  summary: "Keeps the tokens that the queries to come are expected to attend to (arXiv 2510.00636)",
  defaults: { windowSlots: 1 },
  uses: [
    ...shared,
    ...(["sinkSlots", "queryBuffer", "futureSteps", "hasCovariance", "hasValueNorm", "expectedFloor"] as const),
  ],
  isEvicting: true,
  formula: ({ hasValueNorm, expectedFloor, sinkSlots }) => {
    const norm = term("valueNorm");
    const expected = step("expected", "copy", [term("expectedAttention")]);
    const worth = hasValueNorm
      ? step("worth", "product", ["expected", norm], [expectedFloor])
      : step("worth", "copy", ["expected"]);
    if (hasValueNorm && expectedFloor > 0)
      return scored([expected, worth, step(TOTAL, "sinks", ["worth"], [sinkSlots])]);
    const log = term("logExpectedAttention");
    return scored([
      ...[expected, worth],
      hasValueNorm ? step("logWorth", "logProduct", [log, norm]) : step("logWorth", "copy", [log]),
      step("ranked", "continued", ["worth", "logWorth"], [LOWEST_WORTH]),
      step(TOTAL, "sinks", ["ranked"], [sinkSlots]),
    ]);
  },
};

/** Lower scores are ranked by their logarithm: most tokens of a sharp head have less than the 10⁻⁴⁵ that 32 bits can hold. */
const LOWEST_WORTH = 1e-30;

/**
 * Cap (cap_press.py, which names no paper): how much a value adds to the span of those whose keys lie well with the
 * expected query. KVPress takes the mean of all the prompt's queries, here of the buffered ones.
 */
export const cap: Policy = {
  id: "cap",
  label: "Cap",
  summary: "Keeps values that the others cannot stand in for, where the queries to come will look (KVPress)",
  defaults: { windowSlots: 1 },
  uses: [...shared, "sinkSlots", "queryBuffer", "futureSteps", "sharpness"],
  isEvicting: true,
  formula: ({ sinkSlots }) => scored([step(TOTAL, "sinks", [term("valueLeverage")], [sinkSlots])]),
};

/** S, the votes of the window's queries: a part that panels know from the score-based family. */
function voteSteps(name: TermName): FormulaStep[] {
  return [step("localRaw", "copy", [term(name)]), step("local", "copy", ["localRaw"])];
}

/** Attention inside chunks, worth its values, its neighbours averaged, and put on the scale of the layer. */
function nonCausalSteps(column: string, sinkSlots: number): FormulaStep[] {
  return [
    step("received", "product", [term("chunkAttention"), term("valueNorm")], [0]),
    step("smoothed", "averagePooled", ["received"], [3]),
    step(column, "standardised", ["smoothed"], [sinkSlots]),
  ];
}

/**
 * Non-causal attention (non_causal_attention_press.py; Compactor's second half by itself): every query of a chunk sees the
 * whole chunk. The code scales no logits and its mask hides no padding; both are followed. The query of every held token
 * is kept.
 */
export const nonCausalAttention: Policy = {
  id: "nonCausalAttention",
  label: "Non-causal attention",
  summary: "Keeps the tokens that their neighbours attend to when nothing is masked (KVPress, arXiv 2507.08143)",
  defaults: { windowSlots: 1, sinkSlots: 0 },
  uses: [...shared, "attentionChunkSlots"],
  isEvicting: true,
  formula: ({ sinkSlots }) => scored(nonCausalSteps(TOTAL, sinkSlots)),
};

/**
 * Compactor (Chari & Van Durme 2025, arXiv:2507.08143; compactor_press.py): leverage of the keys and non-causal attention, both on
 * the scale of the layer and of the tokens between the sinks and the newest four. KVPress weighs the leverage by the share
 * of the slots that leave unless told otherwise; here the weight is a number of its own.
 */
export const compactor: Policy = {
  id: "compactor",
  label: "Compactor",
  summary: "Keeps keys that the others span least and tokens that their neighbours attend to (arXiv 2507.08143)",
  defaults: { windowSlots: 4, sinkSlots: 8 },
  uses: [...shared, "sinkSlots", "attentionChunkSlots", "sketchColumns", "seed", "blending"],
  isEvicting: true,
  formula: ({ sinkSlots, blending }) =>
    scored([
      step("leverage", "standardised", [term("leverage")], [sinkSlots]),
      ...nonCausalSteps("attended", sinkSlots),
      step("blended", "sum", ["attended", "leverage"], [blending]),
      step(TOTAL, "sinks", ["blended"], [sinkSlots]),
    ]),
};

/**
 * Finch's weighting (Corallo & Papotti 2024, arXiv:2408.00167; finch_press.py): the window's attention, each query's row
 * times the number of keys that it shares its attention among. The paper's window is the question behind a delimiter.
 */
export const finch: Policy = {
  id: "finch",
  label: "Finch",
  summary: "Keeps the tokens that the newest ones attend to, later queries counting more (arXiv 2408.00167)",
  defaults: { groupPooling: "mean" },
  uses: shared,
  isEvicting: true,
  formula: () => scored([step(TOTAL, "copy", [term("placedAttention")])]),
};

/**
 * R-KV (Cai et al. 2025, arXiv:2505.24133) as its own repository computes it (Zefan-Cai/R-KV at d15c976,
 * rkv/compression/r1_kv.py): the group is joined before the softmax, which leaves the window out. There the cache stays in
 * rank order after an event, so that neighbours and the newest duplicate are those of the ranking; here they are those of
 * the text. The code also acts at n = B, has λ = 0.07, and its README 0.1.
 */
export const rKvOwn: Policy = {
  id: "rKvOwn",
  label: "R-KV (own code)",
  summary: "Keeps the tokens that the newest ones attend to; drops near-duplicates (arXiv 2505.24133, its repository)",
  defaults: { windowSlots: 8, poolingSlots: 7, redundancy: "raw", lambda: 0.07 },
  uses: [...shared, "lambda", "poolingSlots", "groupPooling"],
  isEvicting: true,
  formula: ({ poolingSlots, lambda }: PolicyParameters) =>
    scored([
      ...voteSteps("candidateAttention"),
      step("pooled", "pooled", ["local"], [poolingSlots]),
      step("redundancy", "copy", [term("redundancyRaw")]),
      step(TOTAL, "mixed", ["pooled", "redundancy"], [lambda]),
    ]),
};

/** SnapKV as R-KV's repository computes it (rkv/compression/snapkv.py at d15c976): as above, without redundancy. */
export const snapKvOfRKv: Policy = {
  id: "snapKvOfRKv",
  label: "SnapKV (R-KV)",
  summary:
    "Keeps the tokens that the newest ones attend to, and their neighbours (arXiv 2404.14469, R-KV’s repository)",
  defaults: { windowSlots: 8, poolingSlots: 7 },
  uses: [...shared, "poolingSlots", "groupPooling"],
  isEvicting: true,
  formula: ({ poolingSlots }) =>
    scored([
      ...voteSteps("candidateAttention"),
      step("pooled", "pooled", ["local"], [poolingSlots]),
      step(TOTAL, "copy", ["pooled"]),
    ]),
};

export const queryPolicies: readonly Policy[] = [
  tova,
  snapKvOfKvPress,
  h2oOfKvPress,
  expectedAttention,
  cap,
  nonCausalAttention,
  compactor,
  finch,
  rKvOwn,
  snapKvOfRKv,
];

function scored(steps: readonly FormulaStep[]): Formula {
  return { steps, carry: null, start: null };
}
