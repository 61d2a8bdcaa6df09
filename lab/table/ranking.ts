// Which policies win at a budget: the mean over the families, and how far behind the best each is. All policies ran on the same
// problems, so that the difference of two is known better than either: it is taken problem by problem.

import type { ResultTable, TableCell } from "../../src/experiment/resultTable";
import { mean } from "../../src/experiment/results";
import { policyKind } from "../../src/policy/policyGroups";
import { policyById } from "../../src/policy/policies";
import type { ScoreKind } from "../../src/policy/scoreKinds";
import { gridSettings } from "./grid";

export interface Ranked {
  readonly columnId: string;
  readonly label: string;
  readonly kind: ScoreKind;
  /** A cell per family, in the table's order. */
  readonly cells: readonly TableCell[];
  /** Share right, mean over the families. */
  readonly right: number;
  /** Of the same problems; null for the best itself. */
  readonly behindBest: Difference | null;
}

export interface Difference {
  readonly difference: number;
  /** One standard error. */
  readonly error: number;
}

/** The policies that have a cell in every family at this budget under the first setting, the best first. */
export function rankedAt(table: ResultTable, share: number): readonly Ranked[] {
  const [setting] = gridSettings;
  const cells = table.cells.filter(
    ({ budgetShare, windowSlots, intervalSteps }) =>
      budgetShare === share && windowSlots === setting.windowSlots && intervalSteps === setting.intervalSteps,
  );
  const byColumn = [...new Set(cells.map(({ columnId }) => columnId))]
    .map((id) => cells.filter(({ columnId }) => columnId === id))
    .filter((ofColumn) => ofColumn.length === table.families.length)
    .map((ofColumn) => ({ cells: ofColumn, right: mean(ofColumn.map(({ right }) => right)) ?? 0 }))
    .sort((left, right) => right.right - left.right);
  return byColumn.map(({ cells, right }, place): Ranked => {
    const [{ columnId, label, policyId }] = cells;
    const behindBest = place === 0 ? null : pairedDifference(byColumn[0].cells, cells);
    return { columnId, label, kind: policyKind(policyById(policyId)), cells, right, behindBest };
  });
}

/** Of the shares right, mean over the families: the first less the second, cells of one family beside each other. */
export function pairedDifference(first: readonly TableCell[], second: readonly TableCell[]): Difference {
  const families = first.map((cell, at) => {
    const [mine, other] = [cell, second[at]].map(({ outcomes }) => Array.from(outcomes, isRight));
    const differences = mine.map((right, problem) => Number(right) - Number(other[problem]));
    const average = mean(differences) ?? 0;
    const count = Math.max(2, differences.length);
    const squares = differences.reduce((sum, value) => sum + (value - average) ** 2, 0);
    return { average, variance: squares / (count - 1) / count };
  });
  const variance = families.reduce((sum, family) => sum + family.variance, 0);
  return {
    difference: mean(families.map(({ average }) => average)) ?? 0,
    error: Math.sqrt(variance) / Math.max(1, families.length),
  };
}

function isRight(letter: string): boolean {
  return "er".includes(letter);
}
