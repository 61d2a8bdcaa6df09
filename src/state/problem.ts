// The problem that the settings describe.
import type { Problem, WalkProblem } from "../problems/problem";
import { drawWalk } from "../problems/walk";
import type { Settings } from "../settings/settings";

/** In a tour every rule is used for the first time within this many steps. */
export const TOUR_STEPS = 7;

type ProblemSettings = Pick<Settings, "problem" | "rooms" | "walkSteps" | "problemSeed">;

/** Null for a text of the user's own. Throws where no walk fulfils the wishes. */
export function problemOf({ problem, rooms, walkSteps, problemSeed }: ProblemSettings): Problem | null {
  if (problem === "text") return null;
  return drawWalk({ rooms, steps: walkSteps, tour: problem === "tour" ? TOUR_STEPS : null }, problemSeed);
}

/** The settings that describe a problem. */
export function settingsOfProblem(problem: WalkProblem): ProblemSettings {
  const { rooms, steps, tour } = problem.knobs;
  const seed = Number(/\d+$/.exec(problem.id)?.[0] ?? NaN);
  return { problem: tour === null ? "walk" : "tour", rooms, walkSteps: steps, problemSeed: seed };
}

/** Tokens of prompt and reasoning together: the embedded model's tokens are words. Null where nobody knows. */
export function expectedTokenCount(problem: Problem | null): number | null {
  return problem === null ? null : `${problem.prompt} ${problem.trace}`.split(/\s+/).length;
}
