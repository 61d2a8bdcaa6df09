// The list of policies in groups, by what their scores are made from: for menus.
import { effectiveParameters, policies } from "./policies";
import type { Policy } from "./policy";
import { scoreKind, scoreKindLabels, type ScoreKind } from "./scoreKinds";

interface PolicyGroup {
  readonly kind: ScoreKind;
  /** In the order of the list. */
  readonly policies: readonly Policy[];
}

export function policyKind(policy: Policy): ScoreKind {
  return scoreKind(policy.formula(effectiveParameters(policy)));
}

export function policyGroups(): readonly PolicyGroup[] {
  const kinds = Object.keys(scoreKindLabels) as ScoreKind[];
  return kinds
    .map((kind) => ({ kind, policies: policies.filter((policy) => policyKind(policy) === kind) }))
    .filter((group) => group.policies.length > 0);
}
