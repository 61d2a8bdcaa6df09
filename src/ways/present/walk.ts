// Walking through a deck. Between two moments of one run the clock plays from step to step; another run is opened from a
// recording or run live, while a card says what comes. The card closes when the moment is on screen.
import { createStore, type StoreApi } from "zustand/vanilla";
import { areRunsOf } from "../../panels/header/runSummary";
import { decodeLink } from "../../settings/link";
import type { ChosenState } from "../../state/choices";
import { momentFragment, placeOf, type DeckMoment } from "../../state/deck";
import type { PageState, PageStore } from "../../state/pageStore";
import { withKnownProblem } from "../../state/problem";
import { areAskedFor, askedRun, recipeOrNull, type AskedRun, type RunRecipe } from "../../state/recipe";
import type { RecordedRun } from "../../state/recordings";
import { laneRunOf } from "../../state/shownRuns";
import { whenPage } from "../../state/whenPage";
import type { Trace } from "../../trace/trace";

export interface WalkState {
  /** A moment of the deck is on screen, or on its way; otherwise whatever the page showed before. */
  readonly isAtMoment: boolean;
  /** What covers the stage until the run is there; null if nothing does. */
  readonly card: { readonly source: "opened" | "live"; readonly hasFailed: boolean } | null;
}

export interface Walk {
  readonly state: StoreApi<WalkState>;
  /** To this moment of the deck in use; beyond the ends nothing happens. */
  readonly goTo: (place: number) => void;
  /** Leaves the page as it is. */
  readonly stop: () => void;
}

interface WalkSurroundings {
  readonly loadRun: (run: RecordedRun) => Promise<readonly Trace[]>;
  /** False: the clock jumps. */
  readonly isMotionWelcome: () => boolean;
  readonly wait: (ms: number) => Promise<void>;
}

/** A card shows at least so long, so that its title can be read. */
const CARD_MS = 1200;
/** The clock plays from one moment to another so long per step, within these limits. */
const GLIDE_STEP_MS = 50;
const SHORTEST_GLIDE_MS = 500;
const LONGEST_GLIDE_MS = 2600;
/** Live runs that are kept for coming back to. */
const MOST_KEPT_RUNS = 8;

export function createWalk(store: PageStore, { loadRun, isMotionWelcome, wait }: WalkSurroundings): Walk {
  const state = createStore<WalkState>(() => ({ isAtMoment: false, card: null }));
  const recordings = new Map<string, Promise<readonly Trace[] | null>>();
  /** Live runs that have ended. [experiment] */
  const keptRuns = new Map<string, readonly Trace[]>();
  /** Present while a live run goes faster than the user's pace. */
  let restorePace: (() => void) | null = null;
  /** What the live run that was started here is about, until it has ended: it will come on screen. */
  let liveExperiment: string | null = null;
  let turn = 0;

  const recordedTraces = async (asked: Asked): Promise<readonly Trace[] | null> => {
    const candidates = store
      .getState()
      .recordedRuns.filter(
        ({ problemId, files }) =>
          problemId === (asked.run.problem?.id ?? null) && files.length === asked.recipes.length,
      );
    for (const run of candidates) {
      // A recording that cannot be loaded is made again, live.
      const loading = recordings.get(run.id) ?? loadRun(run).catch(() => null);
      recordings.set(run.id, loading);
      const traces = await loading;
      if (traces !== null && isAsked(asked, { lanes: traces.map(laneRunOf), problem: asked.run.problem }))
        return traces;
    }
    return null;
  };

  const keepEndedRun = ({ experiment }: DeckMoment): void => {
    const { origin, runStatus, isContinued, lanes, problem } = store.getState();
    if (origin !== "live" || runStatus !== "ended" || isContinued || !isAsked(askedBy(experiment), { lanes, problem }))
      return;
    keptRuns.delete(experiment);
    keptRuns.set(
      experiment,
      lanes.map(({ trace }) => trace),
    );
    for (const oldest of [...keptRuns.keys()].slice(0, -MOST_KEPT_RUNS)) keptRuns.delete(oldest);
  };

  /** As fast as the engine goes, until the run has ended. */
  const runLive = (experiment: string): void => {
    restorePace?.();
    const { stepsPerSecond, setSpeed, run } = store.getState();
    setSpeed(Infinity);
    run("atOnce");
    liveExperiment = experiment;
    const end = store.subscribe((page) => {
      if (!hasStopped(page)) return;
      liveExperiment = null;
      restorePace?.();
    });
    restorePace = () => {
      end();
      restorePace = null;
      setSpeed(stepsPerSecond);
    };
  };

  /** A run of another moment is on its way to the screen. */
  const isAboutToChange = ({ experiment }: DeckMoment): boolean =>
    liveExperiment !== null && liveExperiment !== experiment;

  /** Another run than the one on screen. Resolves once its moment is there; false if it failed or something else is wanted. */
  const bring = async (moment: DeckMoment, asked: Asked, isWanted: () => boolean): Promise<boolean> => {
    if (isAboutToChange(moment) || !isAsked(asked, store.getState())) {
      state.setState({ card: { source: "opened", hasFailed: false } });
      const traces = keptRuns.get(moment.experiment) ?? (await recordedTraces(asked));
      if (!isWanted()) return false;
      const { openLink, showTraces } = store.getState();
      void openLink(momentFragment(moment));
      if (traces !== null) {
        showTraces(traces);
        store.getState().pausePlayback();
        return true;
      }
      runLive(moment.experiment);
    }
    state.setState({ card: { source: "live", hasFailed: false } });
    await whenPage(store, (page) => !isWanted() || isThere(page, moment, asked) || hasStopped(page));
    return isWanted() && isThere(store.getState(), moment, asked);
  };

  const goTo = async (place: number): Promise<void> => {
    const { decks, momentPlace, shownStep, lookAt, glideTo, noteShown } = store.getState();
    const { moments } = decks[0];
    const moment = moments.at(place);
    if (moment === undefined || place < 0) return;
    const mine = ++turn;
    const isWanted = (): boolean => turn === mine;
    const before = momentPlace === null ? undefined : moments.at(momentPlace);
    if (before !== undefined) keepEndedRun(before);
    keepEndedRun(moment);
    noteShown(place);
    state.setState({ isAtMoment: true });
    const asked = askedBy(moment.experiment);
    const there = placeOf(moment);
    if (isThere(store.getState(), moment, asked) && !isAboutToChange(moment)) {
      state.setState({ card: null });
      const steps = Math.abs(there.step - shownStep);
      lookAt(isMotionWelcome() ? { ...there, step: shownStep } : there);
      if (isMotionWelcome()) {
        glideTo(there.step, Math.min(LONGEST_GLIDE_MS, Math.max(SHORTEST_GLIDE_MS, steps * GLIDE_STEP_MS)));
      }
      return;
    }
    const [hasCome] = await Promise.all([bring(moment, asked, isWanted), wait(CARD_MS)]);
    if (!isWanted()) return;
    if (hasCome) {
      lookAt(there);
      state.setState({ card: null });
      const next = moments.at(place + 1);
      if (next !== undefined) void recordedTraces(askedBy(next.experiment));
    } else state.setState({ card: { source: "live", hasFailed: true } });
  };

  return {
    state,
    goTo: (place) => void goTo(place),
    stop() {
      turn++;
      restorePace?.();
    },
  };
}

/** What a moment's experiment asks for. */
interface Asked {
  readonly run: AskedRun;
  readonly state: ChosenState;
  readonly recipes: readonly (RunRecipe | null)[]; // [lane]
}

function askedBy(experiment: string): Asked {
  const { choices, comparison } = decodeLink(experiment);
  const state = { choices: withKnownProblem(choices).choices, comparison };
  const run = askedRun(state);
  return { run, state, recipes: run.lanes.map((settings) => recipeOrNull(settings, run.problem)) };
}

/** Whether these runs are those: by what their headers say, or because the same settings would give them. */
function isAsked({ run, state, recipes }: Asked, { lanes, problem }: Pick<PageState, "lanes" | "problem">): boolean {
  if (lanes.length === 0) return false;
  const headers = lanes.map(({ trace }) => trace.header);
  if (areAskedFor(headers, problem?.id ?? null, state)) return true;
  return areRunsOf(recipes, run.lanes, lanes) && (headers[0].isForced === true) === state.comparison.isForced;
}

/** The runs on screen are those of the moment, and have come that far. */
function isThere(page: PageState, moment: DeckMoment, asked: Asked): boolean {
  const hasCome = page.stepCount > placeOf(moment).step || page.lanes.every(({ end }) => end !== null);
  return hasCome && isAsked(asked, page);
}

/** Nothing is on its way any more. */
function hasStopped({ runStatus }: PageState): boolean {
  return runStatus !== "loading" && runStatus !== "running";
}
