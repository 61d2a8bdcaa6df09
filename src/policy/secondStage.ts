// A second stage over any score: CriticalKV (Feng et al. 2025, arXiv:2502.03805) as NVIDIA/kvpress presses/criticalkv_press.py
// computes it. The best by the score itself are safe; the others are ranked by (score + ε) · ‖W_o v‖₁, so that a token whose
// value hardly reaches the output leaves. With an adaptive share it is CriticalAdaKV: the counts come from the score alone.
import { isFairByCode } from "./fairShare";
import { termSource, TOTAL, type Formula, type FormulaStep } from "./formula";
import type { Policy, PolicyParameters } from "./policy";

/** The column that a second stage refines: the policy's own total. */
const FIRST_STAGE = "firstStage";

const NORM_TERM = "projectedValueNorm";

/** What a policy computes with these values: its own score or its fair one, and the second stage where one is chosen. */
export function policyFormula(policy: Pick<Policy, "formula" | "fair">, parameters: PolicyParameters): Formula {
  const fair = isFairByCode(parameters) ? policy.fair?.formula?.(parameters) : undefined;
  const formula = fair ?? policy.formula(parameters);
  return parameters.secondStage === "critical" ? withSecondStage(formula, parameters) : formula;
}

/** A formula without steps stays as it is: everything must stay. */
function withSecondStage(
  formula: Formula,
  { secondStageShift, firstStagePart }: Pick<PolicyParameters, "secondStageShift" | "firstStagePart">,
): Formula {
  if (formula.steps.length === 0) return formula;
  const first = formula.steps.map((step) => (step.column === TOTAL ? { ...step, column: FIRST_STAGE } : step));
  const last: FormulaStep = {
    column: TOTAL,
    operation: "secondStage",
    from: [FIRST_STAGE, termSource(NORM_TERM)],
    numbers: [secondStageShift, firstStagePart],
  };
  return { ...formula, steps: [...first, last] };
}
