// Scores that look at keys and values alone, as NVIDIA/kvpress computes them (commit 8bb29b9, kvpress/presses/). There a press acts
// once, after the prompt, and may evict the newest token; here events recur, and the newest token always stays. Methods section 16.
import { termSource, TOTAL, type Formula, type FormulaStep, type Operation } from "./formula";
import { budgetParameters } from "./parameters";
import type { Policy, TermName } from "./policy";

/** −‖k‖ */
const keyNormFormula: Formula = scored([step(TOTAL, "scaled", [term("keyNorm")], [-1])]);

/**
 * Knorm (Devoto et al. 2024, arXiv:2406.11430; knorm_press.py): keys of small norm draw attention, so large norms leave first. The
 * paper spares the first two layers of some models; the press, like this, spares none.
 */
export const keyNorm: Policy = {
  id: "keyNorm",
  label: "Knorm",
  summary: "Keeps the keys of smallest norm (arXiv 2406.11430)",
  defaults: { windowSlots: 1 },
  uses: [...budgetParameters, "windowSlots", "isPromptProtected"],
  isEvicting: true,
  formula: () => keyNormFormula,
};

/** −cos(k, mean of k/‖k‖) */
const keyDiffFormula: Formula = scored([step(TOTAL, "scaled", [term("keyCosine")], [-1])]);

/**
 * KeyDiff (Park et al. 2025, arXiv:2504.15364; keydiff_press.py): keys that point where most keys point repeat one another, so the
 * odd ones stay. The mean is over all slots of the head, window included.
 */
export const keyDiff: Policy = {
  id: "keyDiff",
  label: "KeyDiff",
  summary: "Keeps the keys that differ most from their mean direction (arXiv 2504.15364)",
  defaults: { windowSlots: 1 },
  uses: [...budgetParameters, "windowSlots", "isPromptProtected"],
  isEvicting: true,
  formula: () => keyDiffFormula,
};

function scored(steps: readonly FormulaStep[]): Formula {
  return { steps, carry: null, start: null };
}

function term(name: TermName): string {
  return termSource(name);
}

function step(
  column: string,
  operation: Operation,
  from: readonly string[],
  numbers: readonly number[] = [],
): FormulaStep {
  return { column, operation, from, numbers };
}
