// A uniform share against a share by role at the same slots in total: how many problems came out right, policy by policy
// and budget by budget. The problems are the same, so the difference is that of pairs.
import type { HeadRoles } from "../../state/storedMeasures";

export interface BudgetRow {
  readonly label: string;
  readonly budgetShare: number;
  /** Problems of all families. */
  readonly problemCount: number;
  readonly uniform: BudgetOutcome;
  readonly roles: BudgetOutcome;
  /** Share right by role less share right when uniform, and the standard error of the paired difference. */
  readonly difference: number;
  readonly differenceError: number;
}

export interface BudgetOutcome {
  readonly right: number;
  readonly error: number;
}

/** In the order of the file. */
export function budgetRows({ budgets }: Pick<HeadRoles, "budgets">): BudgetRow[] {
  const cells = budgets?.cells ?? [];
  const names = new Set(cells.map(({ policyId, budgetShare }) => `${policyId} ${budgetShare}`));
  return [...names].map((name) => {
    const ofName = cells.filter(({ policyId, budgetShare }) => `${policyId} ${budgetShare}` === name);
    const rightOf = (share: "uniform" | "roles"): number[] =>
      ofName
        .filter((cell) => cell.share === share)
        .flatMap(({ outcomes }) => Array.from(outcomes, (one) => (one === "r" ? 1 : 0)));
    const uniform = rightOf("uniform");
    const roles = rightOf("roles");
    const differences = roles.map((right, problem) => right - uniform[problem]);
    const { label, budgetShare } = ofName[0];
    return {
      ...{ label, budgetShare, problemCount: uniform.length },
      uniform: outcomeOf(uniform),
      roles: outcomeOf(roles),
      difference: meanOf(differences),
      differenceError: meanError(differences),
    };
  });
}

function outcomeOf(right: readonly number[]): BudgetOutcome {
  const share = meanOf(right);
  return { right: share, error: Math.sqrt((share * (1 - share)) / Math.max(1, right.length)) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function meanError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const center = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** What the rows show, in one sentence: a difference counts if it exceeds twice its standard error. */
export function budgetVerdict(rows: readonly BudgetRow[]): string {
  const isClear = ({ difference, differenceError }: BudgetRow): boolean => Math.abs(difference) > 2 * differenceError;
  const better = rows.filter((row) => isClear(row) && row.difference > 0).length;
  const worse = rows.filter((row) => isClear(row) && row.difference < 0).length;
  const even = rows.length - better - worse;
  const parts = [
    ...(better > 0 ? [`better in ${better}`] : []),
    ...(worse > 0 ? [`worse in ${worse}`] : []),
    ...(even > 0 ? [`no different beyond two standard errors in ${even}`] : []),
  ];
  return `Of ${rows.length} comparisons, slots by role did ${parts.join(", ")}.`;
}
