// What the settings come to: the runs that Run would start, and whether those on screen are theirs.
import { useMemo } from "react";
import { useStore } from "zustand";
import { areRunsOf } from "./panels/header/runSummary";
import type { Problem } from "./problems/problem";
import { settingsOfLanes } from "./settings/lanes";
import type { Settings } from "./settings/settings";
import type { PageStore } from "./state/pageStore";
import { expectedTokenCount, problemOf } from "./state/problem";
import { recipeOrNull } from "./state/recipe";

export interface NextRun {
  /** Settings in force, the run's own first. [lane] */
  readonly lanes: readonly Settings[];
  /** What had to be changed about the choices, in plain words. */
  readonly problems: readonly string[];
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
  /** Tokens of prompt and reasoning that the problem takes; null where nobody knows. */
  readonly expectedTokens: number | null;
  /** The runs on screen are others. */
  readonly isChanged: boolean;
}

export function useNextRun(store: PageStore): NextRun {
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const asked = useMemo(() => {
    const inForce = settingsOfLanes(choices, comparison);
    const lanes = inForce.map(({ settings }) => settings);
    const problem = problemOf(lanes[0].problem);
    return {
      lanes,
      problems: [...new Set(inForce.flatMap((of) => of.problems))],
      problem,
      expectedTokens: expectedTokenCount(problem),
      recipes: lanes.map((settings) => recipeOrNull(settings, problem)),
    };
  }, [choices, comparison]);
  // Asked of the store: runs that grow change nothing here.
  const isChanged = useStore(
    store,
    (state) => state.lanes.length > 0 && !areRunsOf(asked.recipes, asked.lanes[0].model, state.lanes),
  );
  return useMemo(() => ({ ...asked, isChanged }), [asked, isChanged]);
}
