// The score-based family: one formula, of which G-KV, SnapKV, R-KV and the repository's H2O are settings. Methods section 3;
// microsoft/G-KV gkv/model/compression/score_based.py.
import { TOTAL, type Formula, type FormulaStep, type Operation } from "./formula";
import { budgetParameters } from "./parameters";
import { term, type Policy, type PolicyParameters } from "./policy";

/** Names of the columns before the total. */
export type ScorePart =
  /** S as measured. */
  | "localRaw"
  /** S as it enters the join (normalised where the policy does so, shift term included). */
  | "local"
  /** α · C; NaN for slots that have no history. */
  | "history"
  /** F: join of local and history. */
  | "global"
  /** Y: F after pooling. */
  | "pooled"
  /** R as it enters the mix. */
  | "redundancy";

/** Z = λ·Y − (1 − λ)·R over the candidates, with Y = pool(F) and F the join of α·C and S. */
export function scoreBased(parameters: PolicyParameters): Formula {
  const { smoothing, alpha, lambda, poolingSlots, redundancy } = parameters;
  const hasCarry = smoothing !== "none";
  const hasHistory = hasCarry && alpha > 0;
  const isNormalised = hasCarry && parameters.isNormalised;
  const joined = hasCarry ? "global" : "local";
  const gain = poolingSlots > 1 ? "pooled" : joined;
  const steps: FormulaStep[] = [
    step("localRaw", "copy", [term("windowAttention")]),
    presentStep(parameters, isNormalised),
    ...(hasHistory ? [step("history", "decayed", [], [alpha])] : []),
    ...(hasCarry ? [joinStep(parameters, hasHistory)] : []),
    ...(poolingSlots > 1 ? [step("pooled", "pooled", [joined], [poolingSlots])] : []),
    ...(redundancy === "none"
      ? [step(TOTAL, "copy", [gain])]
      : [
          step("redundancy", isNormalised ? "share" : "copy", [
            term(redundancy === "kernel" ? "redundancy" : "redundancyRaw"),
          ]),
          step(TOTAL, "mixed", [gain, "redundancy"], [lambda]),
        ]),
  ];
  // With "sum" and α of exactly 1 the carry starts from the prompt's column sums (methods section 5, note b), which are
  // not normalised. The reference fails when such a prompt exceeds the budget; here the sums then join like any history.
  const start = smoothing === "sum" && alpha === 1 ? "promptAttention" : null;
  return { steps, carry: hasCarry ? "global" : null, start };
}

function step(
  column: ScorePart | typeof TOTAL,
  operation: Operation,
  from: readonly string[],
  numbers: readonly number[] = [],
): FormulaStep {
  return { column, operation, from, numbers };
}

function presentStep({ shiftGamma, windowSlots }: PolicyParameters, isNormalised: boolean): FormulaStep {
  // A single query has no deviation; the reference gets NaN there and keeps an arbitrary set.
  if (shiftGamma === 0 || windowSlots <= 1) return step("local", isNormalised ? "share" : "copy", ["localRaw"]);
  return step("local", isNormalised ? "shareOfSum" : "sum", ["localRaw", term("attentionShift")], [shiftGamma]);
}

function joinStep({ smoothing, alpha }: PolicyParameters, hasHistory: boolean): FormulaStep {
  if (!hasHistory) return step("global", "copy", ["local"]);
  if (smoothing === "mean") return step("global", "weighted", ["history", "local"], [alpha]);
  return step("global", smoothing === "max" ? "largest" : "added", ["history", "local"]);
}

/**
 * G-KV (Liao et al. 2025, arXiv:2512.00504), as its code computes it. With no history the paper
 * scores by S, the code by S / max S; the code is followed.
 */
export const gkv: Policy = {
  id: "gkv",
  label: "G-KV",
  summary: "Keeps tokens that get, or used to get, attention; drops near-duplicates (arXiv 2512.00504)",
  defaults: { smoothing: "max", alpha: 0.8, redundancy: "kernel", lambda: 0.5 },
  uses: [
    ...budgetParameters,
    "windowSlots",
    "alpha",
    "lambda",
    "smoothing",
    "isNormalised",
    "redundancy",
    "poolingSlots",
    "shiftGamma",
    "groupPooling",
    "isPromptProtected",
  ],
  isEvicting: true,
  formula: scoreBased,
};

/**
 * SnapKV (Li et al. 2024, arXiv:2404.14469), re-run at every event as G-KV's repository does; the paper selects once,
 * after the prefill. The group is joined by maximum, the paper's code scores each query head by itself.
 */
export const snapKv: Policy = {
  id: "snapKv",
  label: "SnapKV",
  summary: "Keeps the tokens that the newest ones attend to, and their neighbours (arXiv 2404.14469, G-KV’s preset)",
  defaults: { poolingSlots: 5 },
  uses: [...budgetParameters, "windowSlots", "poolingSlots", "groupPooling", "isPromptProtected"],
  isEvicting: true,
  formula: scoreBased,
};

/**
 * R-KV (Cai et al. 2025, arXiv:2505.24133) as the preset of G-KV's repository. R-KV's own code joins the group before
 * the softmax, leaves the window out of it, pools over 7 slots and keeps its cache in rank order (methods section 12).
 */
export const rKv: Policy = {
  id: "rKv",
  label: "R-KV",
  summary: "Keeps the tokens that the newest ones attend to; drops near-duplicates (arXiv 2505.24133, G-KV’s preset)",
  defaults: { poolingSlots: 5, redundancy: "kernel", lambda: 0.1 },
  uses: [
    ...budgetParameters,
    "windowSlots",
    "lambda",
    "redundancy",
    "poolingSlots",
    "groupPooling",
    "isPromptProtected",
  ],
  isEvicting: true,
  formula: scoreBased,
};

/**
 * H2O (Zhang et al. 2023, arXiv:2306.14048) as the preset of G-KV's repository: the newest query alone, taken once per
 * event and divided by its maximum, in a sum that decays by α. The paper sums every step's attention, undecayed, and
 * keeps a recent window of half the budget. α = 1 starts the sum from the attention of all prompt tokens.
 */
export const h2o: Policy = {
  id: "h2o",
  label: "H2O",
  summary:
    "Keeps the tokens that gathered attention at past events (arXiv 2306.14048, G-KV’s preset; the paper counts every step)",
  defaults: { windowSlots: 1, smoothing: "sum", alpha: 0.8 },
  uses: [...budgetParameters, "alpha", "isNormalised", "groupPooling", "isPromptProtected"],
  isEvicting: true,
  formula: scoreBased,
};
