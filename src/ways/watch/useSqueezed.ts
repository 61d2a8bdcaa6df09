// What Watch squeezes: the settings of the run on the stage and the budgets worth trying; and the run that they ask for,
// where it isn't the one on screen: after a link, an undo, another problem.
import { useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { settingsInForce } from "../../settings/inForce";
import type { Choices, Settings } from "../../settings/settings";
import type { ChosenState } from "../../state/choices";
import type { PageStore } from "../../state/pageStore";
import { automaticTokens } from "../../state/problem";
import { askedRun, recipeCost, recipeOrNull } from "../../state/recipe";
import { budgetStops, choicesOnStage, stopsInForce } from "../../state/squeeze";
import type { RecordingsState } from "../../state/recordings";
import type { ShownRunsState } from "../../state/shownRuns";
import { tokensOf } from "../../problems/problem";
import type { Trace } from "../../trace/trace";
import type { NextRun } from "../usePage";

export interface Squeezed {
  readonly choices: Choices;
  readonly settings: Settings;
  /** Budgets to try, ascending; the one in force is among them. */
  readonly stops: readonly number[];
  /** Of the whole text; null where that is unknown. */
  readonly tokenCount: number | null;
}

export function useSqueezed(store: PageStore, { expectedTokens }: NextRun): Squeezed {
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const stageLane = useStore(store, (state) => state.stageLane);
  return useMemo(() => {
    const own = choicesOnStage({ choices, comparison }, stageLane);
    const { settings } = settingsInForce(own);
    const guess = tokensOf(settings.promptText).length + automaticTokens(null);
    const stops = stopsInForce(own, budgetStops(expectedTokens ?? guess, settings.budgetSlots));
    return { choices: own, settings, stops, tokenCount: expectedTokens };
  }, [choices, comparison, stageLane, expectedTokens]);
}

/**
 * Watch has no button that runs: what is asked for and not on screen runs by itself, unless it costs too much. Once for each
 * choice, so that a run that fails is not started again and again. An opened file stays on screen, also where its settings
 * would give another run here.
 */
export function useCatchUp(store: PageStore, { isChanged, lanes, problem }: NextRun): void {
  const runStatus = useStore(store, (state) => state.runStatus);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const opened = useStore(store, (state) => (isOpenedFile(state) ? (state.lanes.at(0)?.trace ?? null) : null));
  const seenFile = useRef<Trace | null>(null);
  const started = useRef<ChosenState | null>(null);
  const isUnderWay = runStatus === "loading" || runStatus === "running" || runStatus === "paused";
  const isRunnable = recipeOrNull(lanes[0], problem) !== null;
  useEffect(() => {
    if (opened !== seenFile.current) {
      seenFile.current = opened;
      if (opened !== null) started.current = { choices, comparison };
    }
    if (!isChanged || isUnderWay || isRecordedRunLoading || !isRunnable) return;
    if (started.current?.choices === choices && started.current.comparison === comparison) return;
    started.current = { choices, comparison };
    if (recipeCost(askedRun({ choices, comparison })).type === "cheap") store.getState().run("atOnce");
  }, [store, opened, isChanged, isUnderWay, isRecordedRunLoading, isRunnable, choices, comparison]);
}

function isOpenedFile({ origin, recordedId, lanes }: ShownRunsState & RecordingsState): boolean {
  return origin === "recorded" && recordedId === null && lanes.length > 0;
}
