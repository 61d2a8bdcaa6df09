// The problems that the page offers: three of every family, from short and easy to follow to full difficulty.

import { assert } from "../lib/errors";
import { problemById } from "./families";
import type { Problem } from "./problem";

const curatedIds = [
  "walk-4x10-1",
  "walk-5x20-1",
  "walk-7x32-3",
  "diary-4x10-1",
  "diary-5x20-2",
  "diary-6x24-3",
  "story-4x1-1",
  "story-7x2-2",
  "story-10x2-3",
  "orders2-walk-4x10-1",
  "orders3-story-7x2-2",
  "orders5-walk-6x28-3",
];

export const curatedProblems: readonly Problem[] = curatedIds.map((id) => {
  const problem = problemById(id);
  assert(problem !== null, `${id} names a problem`);
  return problem;
});
