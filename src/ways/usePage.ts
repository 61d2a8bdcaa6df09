// What the page and the frame (EmbedPage.tsx) derive from the store alike, and bind to it: runs, marks, keys, clock.
import { useMemo, useEffect } from "react";
import { useStore } from "zustand";
import { areRunsOf } from "../panels/header/runSummary";
import type { Problem } from "../problems/problem";
import { settingsOfLanes } from "../settings/lanes";
import type { Settings } from "../settings/settings";
import type { PageStore } from "../state/pageStore";
import { expectedTokenCount, problemOf } from "../state/problem";
import { recipeOrNull } from "../state/recipe";
import { laneVerdict, type RunVerdict } from "../panels/header/verdict";
import type { StepMark } from "../panels/timeline/scene";
import { verdictMarks } from "../panels/timeline/verdictMarks";
import { laneOnStage, laneStep, type LaneRun } from "../state/shownRuns";
import { tinykeys } from "tinykeys";

/** What the settings amount to: the runs that Run would start, and whether those are the runs on screen. */
export interface NextRun {
  /** Settings in force, the run's own first. [lane] */
  readonly lanes: readonly Settings[];
  /** What had to be changed about the choices, in plain words. */
  readonly complaints: readonly string[];
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
  /** Tokens of prompt and reasoning that the problem takes; null where that is unknown. */
  readonly expectedTokens: number | null;
  /** The runs on screen have other settings. */
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
      complaints: [...new Set(inForce.flatMap((of) => of.complaints))],
      problem,
      expectedTokens: expectedTokenCount(problem),
      recipes: lanes.map((settings) => recipeOrNull(settings, problem)),
    };
  }, [choices, comparison]);
  // Read from the store directly: a growing run changes nothing here.
  const isChanged = useStore(
    store,
    (state) => state.lanes.length > 0 && !areRunsOf(asked.recipes, asked.lanes, state.lanes),
  );
  return useMemo(() => ({ ...asked, isChanged }), [asked, isChanged]);
}

/** The lane on the stage at the clock's step: what became of its problem, and what the time axis marks of it. */
export interface ShownRun {
  readonly lane: LaneRun;
  readonly verdict: RunVerdict;
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

/** The data attributes of the page's main element: for tests, styles and scripts outside the page. */
export function usePageMarks(store: PageStore, verdict: RunVerdict | null) {
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const isBusy = runStatus === "loading" || runStatus === "running" || isPlaying || isLoading;
  return {
    "data-idle": !isBusy,
    "data-run-status": runStatus,
    "data-origin": useStore(store, (state) => state.origin),
    "data-step-count": useStore(store, (state) => state.stepCount),
    "data-step": useStore(store, (state) => state.shownStep),
    "data-verdict": verdict?.type,
  };
}

/** Binds keys (in the notation of tinykeys) to functions. Controls keep the keys that they use. */
export function usePageKeys(bindings: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const handlers = Object.entries(bindings).map(([key, act]) => [
      key,
      (event: KeyboardEvent) => {
        if (isKeyOfControl(event)) return;
        event.preventDefault();
        act();
      },
    ]);
    return tinykeys(window, Object.fromEntries(handlers) as Record<string, (event: KeyboardEvent) => void>);
  }, [bindings]);
}

/** What takes text. Sliders, checkboxes and radio buttons take few keys: after a click into one, the page's others go on working. */
const writtenIn = "textarea, input:not([type=range], [type=checkbox], [type=radio])";

function isKeyOfControl(event: KeyboardEvent): boolean {
  // An element that the event has already passed, such as a menu or a column's border, has used the key.
  if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return true;
  if (!(event.target instanceof HTMLElement) && !(event.target instanceof SVGElement)) return false;
  if (event.target.closest("[role=menu]") !== null) return true;
  // With Ctrl or ⌘ held no control takes text, but a text field undoes and redoes its own.
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === "z" && event.target.matches(writtenIn);
  return event.target.matches(`${writtenIn}, select`) || event.target.matches(controlsUsing(event.key));
}

/** Selects the controls without text that use this key themselves. */
function controlsUsing(key: string): string {
  if (key === " ") return "button, summary, [type=checkbox], [type=radio]";
  if (key === "Enter") return "button, summary";
  if (key.startsWith("Arrow")) return "[type=radio], [type=range]";
  return /^(Home|End|Page(Up|Down))$/.test(key) ? "[type=range]" : ":not(*)";
}

/** The page's only clock: frames of the browser move what plays. */
export function usePlayClock(store: PageStore, isTicking: boolean): void {
  useEffect(() => {
    if (!isTicking) return;
    let before: number | null = null;
    let frame = requestAnimationFrame(tick);
    function tick(now: number): void {
      const { glide, advanceClock } = store.getState();
      // A tab that was in the background continues where it was; a glide ends in time even where frames are slow.
      if (before !== null) advanceClock(Math.min(glide === null ? 100 : 1000, now - before));
      before = now;
      frame = requestAnimationFrame(tick);
    }
    return () => cancelAnimationFrame(frame);
  }, [store, isTicking]);
}
