// A moment of a link waits until the run that the link describes has come that far, and is then shown; at once where it is a
// recorded run that is on screen.
import { momentWithin, type Moment } from "./moment";
import type { PageState } from "./pageState";
import { areAskedFor } from "./runChoices";

/** What else a change of the page means where a moment is waited for: once its step is there, the page goes to it. */
export function withWantedMoment(before: PageState, change: Partial<PageState>): Partial<PageState> {
  const after = { ...before, ...change };
  const { wantedMoment: wanted, lanes, origin } = after;
  if (wanted === null || lanes.length === 0 || origin !== "live") return change;
  const isThere = after.stepCount > wanted.step || lanes.every(({ end }) => end !== null);
  return isThere ? { ...change, ...atMoment(wanted, after) } : change;
}

/** The page at the wanted moment, where recorded runs are on screen that the settings ask for; null elsewhere. */
export function recordedMoment(state: PageState): Partial<PageState> | null {
  const { wantedMoment: wanted, lanes, origin, runStatus, problem, choices, comparison } = state;
  if (wanted === null || lanes.length === 0 || origin !== "recorded" || runStatus !== "none") return null;
  const headers = lanes.map(({ trace }) => trace.header);
  if (!areAskedFor(headers, problem?.id ?? null, { choices, comparison })) return null;
  return atMoment(wanted, state);
}

/** What is on screen, as a link would say it. */
export function momentOf(state: PageState): Moment {
  const { shownStep, stageLane, focusLayer, focusKvHead, pinnedPosition, visibleSteps, loopRange } = state;
  return {
    step: shownStep,
    lane: stageLane,
    layer: focusLayer,
    kvHead: focusKvHead,
    pinnedPosition,
    visibleSteps,
    loopRange,
    arrangement: state.arrangement,
    views: state.views,
  };
}

/** The clock goes as far as the longest lane; the rest is said of the lane on the stage. */
function atMoment(wanted: Moment, { lanes, stepCount }: PageState): Partial<PageState> {
  const stageLane = Math.min(wanted.lane, lanes.length - 1);
  const { layer, kvHead, pinnedPosition, visibleSteps, loopRange } = momentWithin(wanted, lanes[stageLane].trace);
  return {
    wantedMoment: null,
    stageLane,
    shownStep: Math.min(wanted.step, stepCount - 1),
    focusLayer: layer,
    focusKvHead: kvHead,
    pinnedPosition,
    visibleSteps,
    loopRange,
    isFollowing: false,
    isPlaying: false,
  };
}
