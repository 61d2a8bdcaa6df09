// A budget as an experiment states it: a number of slots, or a share of the problems' mean full length.

import { InputError } from "../../src/lib/errors";

export type Budget =
  | { readonly type: "slots"; readonly slots: number }
  /** Of the mean full length: prompt and reference trace, in tokens. */
  | { readonly type: "ratio"; readonly ratio: number };

/** Reads "96" as slots, "25%" and "0.25" as a share. Throws InputError for anything else. */
export function parseBudget(text: string): Budget {
  if (/^\d+$/.test(text) && Number(text) >= 2) return { type: "slots", slots: Number(text) };
  const [, number, percent] = /^(\d*\.?\d+)(%?)$/.exec(text) ?? [];
  const ratio = Number(number) / (percent === "%" ? 100 : 1);
  const isRatio = number !== undefined && (percent === "%" || text.includes("."));
  if (isRatio && ratio > 0 && ratio <= 1) return { type: "ratio", ratio };
  throw new InputError(
    `--budget is "${text}", expected slots from 2 on (96) or a share of the mean full length (25% or 0.25)`,
  );
}

/** A budget in slots, given the problems' lengths: rounded to the nearest, at least 2. Throws InputError for a share when there are no problems. */
export function budgetSlots(budget: Budget, fullLengths: readonly number[]): number {
  if (budget.type === "slots") return budget.slots;
  if (fullLengths.length === 0)
    throw new InputError("a share of the mean length needs problems that the model can read");
  const sum = fullLengths.reduce((total, length) => total + length, 0);
  return Math.max(2, Math.round((budget.ratio * sum) / fullLengths.length));
}
