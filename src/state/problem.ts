// The problem that the settings name, and what the page derives from it.
import { errorMessage } from "../lib/errors";
import { drawProblem, idForms, problemById } from "../problems/families";
import type { Problem, ProblemFamily } from "../problems/problem";
import { tokenLimit, tokensOf } from "../problems/problem";
import { OWN_TEXT, settingTable, type Choices } from "../settings/settings";

/** Problem numbers that the page offers; training draws from seeds above them. */
export const LAST_PROBLEM_NUMBER = 999_999;

/** Null for a text of the user's own. Throws InputError if the id names no problem. */
export function problemOf(id: string): Problem | null {
  return id === OWN_TEXT ? null : problemById(id);
}

/** The choices of a link without a problem that cannot be drawn, and in plain words what was wrong with it. */
export function withKnownProblem(choices: Choices): { choices: Choices; complaint: string | null } {
  const { problem: id, ...others } = choices;
  if (id === undefined || id === OWN_TEXT) return { choices, complaint: null };
  const refused = (reason: string) => ({
    choices: others,
    complaint: `${settingTable.problem.label}: ${reason}; ${settingTable.problem.default} is used.`,
  });
  try {
    // One problem has one id: no leading zeros, no number that is rounded.
    if (problemById(id)?.id === id) return { choices, complaint: null };
  } catch (error) {
    return refused(errorMessage(error));
  }
  return refused(`“${id}” is not an id such as ${idForms}`);
}

/** The number that a problem was drawn from. */
export function problemNumber({ id }: Problem): number {
  return Number(/\d+$/.exec(id)?.[0]);
}

/** The id of the problem with another family, difficulty or number. */
export function otherProblem(
  problem: Problem,
  change: { readonly family?: ProblemFamily; readonly difficulty?: number; readonly number?: number },
): string {
  const { family, difficulty } = problem;
  return drawProblem(
    change.family ?? family,
    change.difficulty ?? difficulty,
    change.number ?? Math.min(LAST_PROBLEM_NUMBER, problemNumber(problem)),
  ).id;
}

/** The next problem of the same family and difficulty. */
export function nextProblem(problem: Problem): string {
  return otherProblem(problem, { number: (problemNumber(problem) + 1) % (LAST_PROBLEM_NUMBER + 1) });
}

/** Tokens of prompt and reasoning together: the embedded models' tokens are words. Null if that is unknown. */
export function expectedTokenCount(problem: Problem | null): number | null {
  return problem === null ? null : tokensOf(`${problem.prompt} ${problem.trace}`).length;
}

/** For a text of the user's own, whose length is unknown. */
const TOKENS_OF_OWN_TEXT = 400;

/** The most that a run may generate if the user has not set a limit. */
export function automaticTokens(problem: Problem | null): number {
  return problem === null ? TOKENS_OF_OWN_TEXT : tokenLimit(tokensOf(problem.trace).length);
}
