// The lane on the stage at the clock's step: what became of its problem, and what the time axis marks of it.
import { useMemo } from "react";
import { useStore } from "zustand";
import { laneVerdict, type Verdict } from "./panels/header/verdict";
import type { StepMark } from "./panels/timeline/scene";
import { verdictMarks } from "./panels/timeline/verdictMarks";
import { laneOnStage, laneStep, type LaneRun } from "./state/shownRuns";
import type { PageStore } from "./state/pageStore";

export interface ShownRun {
  readonly lane: LaneRun;
  readonly verdict: Verdict;
  /** Of the whole run once it has ended, so that its mistake stays marked when one looks back. */
  readonly mistakes: readonly StepMark[];
}

/** Null while nothing is on the stage. */
export function useShownRun(store: PageStore): ShownRun | null {
  const lane = useStore(store, laneOnStage);
  const shownStep = useStore(store, (state) => state.shownStep);
  const problem = useStore(store, (state) => state.problem);
  const verdict = useMemo(
    () => (lane === null ? null : laneVerdict(lane, laneStep(lane, shownStep), problem)),
    [lane, shownStep, problem],
  );
  const mistakes = useMemo(() => {
    if (lane === null || lane.end === null) return [];
    return verdictMarks(laneVerdict(lane, lane.stepCount - 1, problem), lane.trace);
  }, [lane, problem]);
  return lane === null || verdict === null ? null : { lane, verdict, mistakes };
}
