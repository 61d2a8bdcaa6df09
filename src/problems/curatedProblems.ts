// The problems that the page offers: from short and easy to follow to long, where old facts are needed late.

import type { WalkProblem } from "./problem";
import { drawWalk } from "./walk";

/** Drawn from fixed seeds; the pilot model solves each of them with the full cache. */
export const curatedProblems: readonly WalkProblem[] = [
  drawWalk({ rooms: 4, steps: 10, tour: null }, 1),
  drawWalk({ rooms: 4, steps: 16, tour: null }, 2),
  drawWalk({ rooms: 5, steps: 14, tour: null }, 3),
  drawWalk({ rooms: 5, steps: 20, tour: null }, 4),
  drawWalk({ rooms: 6, steps: 18, tour: null }, 5),
  drawWalk({ rooms: 6, steps: 24, tour: null }, 6),
  // Every rule is used early: what is evicted afterwards was looked at before.
  drawWalk({ rooms: 4, steps: 22, tour: 7 }, 7),
  drawWalk({ rooms: 5, steps: 24, tour: 7 }, 8),
];
