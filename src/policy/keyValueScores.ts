// Scores that look at keys and values alone, as NVIDIA/kvpress computes them (commit 8bb29b9, kvpress/presses/). A press acts once,
// after the prompt, and may evict the newest token. Here events recur, and the newest token always stays. Methods section 17.
import { formulaStep as step, TOTAL, type Formula, type FormulaStep } from "./formula";
import { budgetParameters } from "./parameters";
import { term, type Policy, type PolicyParameters, type PublishedFairness } from "./policy";

/**
 * Knorm (Devoto et al. 2024, arXiv:2406.11430; knorm_press.py): keys of small norm draw attention, so large norms leave first. The
 * paper spares the first two layers of some models; the press, like this, spares none.
 */
export const keyNorm = policyOf({
  id: "keyNorm",
  label: "Knorm",
  summary: "Keeps the keys of smallest norm (arXiv 2406.11430)",
  formula: () => [step(TOTAL, "scaled", [term("keyNorm")], [-1])],
  fair: { quotas: "lengths" },
});

/**
 * KeyDiff (Park et al. 2025, arXiv:2504.15364; keydiff_press.py): keys that point where most keys point repeat one another, so the
 * odd ones stay. The mean is over all slots of the head, window included.
 */
export const keyDiff = policyOf({
  id: "keyDiff",
  label: "KeyDiff",
  summary: "Keeps the keys that differ most from their mean direction (arXiv 2504.15364)",
  formula: () => [step(TOTAL, "scaled", [term("keyCosine")], [-1])],
});

/**
 * LagKV (Liang et al. 2025, arXiv:2504.04704; lagkv_press.py): a token stays if it is unlike its neighbours, measured on the scale
 * of the block that follows. Sinks, the last full block and what comes after it stay first. With ranks, the paper's reading, every
 * block gives alike, and of equal ranks the older stays; with `spread` (the press's cross scoring) blocks compete.
 */
export const lagKv = policyOf({
  id: "lagKv",
  label: "LagKV",
  summary: "Keeps tokens that stand out from their neighbours, on the scale of the next block (arXiv 2504.04704)",
  uses: ["sinkSlots", "lagSlots", "lagScore"],
  formula: ({ lagScore, lagSlots, sinkSlots }) => [
    lagScore === "spread"
      ? step(TOTAL, "copy", [term("lagSpread")])
      : step(TOTAL, "rankInBlock", [term("lagSpread")], [sinkSlots, lagSlots]),
  ],
});

/**
 * CUR (cur_press.py, after "CurDKV", Sengupta et al. 2025, arXiv:2509.15038): squared norms of keys and values stand for their
 * leverage. Inside a block each slot has a share of the block's, so with the product a block competes with itself. The press gives
 * sinks a score of 1, which is above all shares; here they must stay. A projection is drawn once per run, not at each event.
 */
export const cur = policyOf({
  id: "cur",
  label: "CUR",
  summary: "Keeps large keys and values, compared inside blocks (arXiv 2509.15038, as in KVPress)",
  uses: ["sinkSlots", "curFrom", "curBlockSlots", "isCurProjected", "seed"],
  formula: curSteps,
});

function curSteps({ curFrom, curBlockSlots, isCurProjected, sinkSlots }: PolicyParameters): FormulaStep[] {
  const [keyTerm, valueTerm] = isCurProjected
    ? ([term("keySketchNorm"), term("valueSketchNorm")] as const)
    : ([term("keyNorm"), term("valueNorm")] as const);
  const squares = (column: string, source: string): FormulaStep[] => [
    step(`${column}Squared`, "product", [source, source], [0]),
    curBlockSlots > 0
      ? step(column, "shareOfBlock", [`${column}Squared`], [curBlockSlots])
      : step(column, "copy", [`${column}Squared`]),
  ];
  const joined: Readonly<Record<PolicyParameters["curFrom"], FormulaStep>> = {
    key: step("joined", "copy", ["key"]),
    value: step("joined", "copy", ["value"]),
    mean: step("joined", "sum", ["key", "value"], [1]), // its sum is divided out
    product: step("joined", "product", ["key", "value"], [0]),
  };
  return [
    ...(curFrom === "value" ? [] : squares("key", keyTerm)),
    ...(curFrom === "key" ? [] : squares("value", valueTerm)),
    joined[curFrom],
    step("share", "shareOfRow", ["joined"]),
    step(TOTAL, "sinks", ["share"], [sinkSlots]),
  ];
}

/**
 * Leverage (leverage_press.py; the half of Compactor, Chari and Van Durme 2025, arXiv:2507.08143, that knows no attention): keys that
 * others do not span stay. Before RoPE, among the candidates, through a sketch that is drawn once per run, not at each event; as in
 * the press, standardised over all heads of the layer.
 */
export const leverageScore = policyOf({
  id: "leverage",
  label: "Leverage",
  summary: "Keeps the keys that the other keys span least (arXiv 2507.08143)",
  defaults: { sinkSlots: 0 },
  uses: ["sketchColumns", "seed"],
  formula: ({ sinkSlots }) => [
    step("leverage", "copy", [term("leverage")]),
    step(TOTAL, "standardised", ["leverage"], [sinkSlots]),
  ],
});

/**
 * Q-Filters (Godey et al. 2025, arXiv:2503.02812; qfilter_press.py): the queries of a head lie on one side of a direction, so keys
 * on that side will be looked at. The filter points to the other side, hence the minus. It is the model's, found beforehand; the
 * press takes it from a hub.
 */
export const qFilter = policyOf({
  id: "qFilter",
  label: "Q-Filters",
  summary: "Keeps the keys that lie where the model’s queries look (arXiv 2503.02812)",
  formula: () => [step(TOTAL, "scaled", [term("filterProduct")], [-1])],
});

/** CV = deviation / mean of the layer's value norms, below which InfiniPot-V pools over 7, 5 and 3 slots; its own are not published. */
const VARIATION_STEPS = [0.15, 0.35, 0.6] as const;

/**
 * The value norm of InfiniPot-V (Kim et al. 2025, arXiv:2506.15745): large values stay, and so do their neighbours where the norms of
 * a layer vary little. The paper computes its thresholds per model and prints none, so these are ours; its public code pools by depth
 * instead. Sinks have small values and would leave, so they must stay.
 */
export const valueNorm = policyOf({
  id: "valueNorm",
  label: "Value norm",
  summary: "Keeps large values and their neighbours (InfiniPot-V, arXiv 2506.15745)",
  uses: ["sinkSlots"],
  formula: ({ sinkSlots }) => [
    step("pooled", "pooledByVariation", [term("valueNorm")], VARIATION_STEPS),
    step(TOTAL, "sinks", ["pooled"], [sinkSlots]),
  ],
});

interface Written {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** Beside a window of one token. */
  readonly defaults?: Policy["defaults"];
  /** Beside what all of them use. */
  readonly uses?: Policy["uses"];
  readonly formula: (parameters: PolicyParameters) => readonly FormulaStep[];
  readonly fair?: PublishedFairness;
}

function policyOf({ id, label, summary, defaults = {}, uses = [], formula, fair }: Written): Policy {
  return {
    ...{ id, label, summary, isEvicting: true },
    defaults: { windowSlots: 1, ...defaults },
    uses: [...budgetParameters, "windowSlots", ...uses, "isPromptProtected"],
    formula: (parameters): Formula => ({ steps: formula(parameters), carry: null, start: null }),
    ...(fair && { fair }),
  };
}
