// The score-based family: one formula of which G-KV, SnapKV, R-KV, the repository's H2O and others are settings.
// Methods section 3; microsoft/G-KV gkv/model/compression/score_based.py.
import { termSource, TOTAL, type Formula, type FormulaStep, type Operation } from "./formula";
import type { PolicyParameters, TermName } from "./policy";

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

function term(name: TermName): string {
  return termSource(name);
}
