// A moment of a link waits until the run that the link describes has come that far, and is then shown.
import { laneStep } from "./laneRun";
import { momentWithin, type Moment } from "./moment";
import type { PageState } from "./pageState";

/** What else a change of the page means where a moment is waited for: once its step is there, the page goes to it. */
export function withWantedMoment(before: PageState, change: Partial<PageState>): Partial<PageState> {
  const after = { ...before, ...change };
  const { wantedMoment: wanted, lanes, origin } = after;
  if (wanted === null || lanes.length === 0 || origin !== "live") return change;
  const stageLane = Math.min(wanted.lane, lanes.length - 1);
  const isThere = after.stepCount > wanted.step || lanes.every(({ end }) => end !== null);
  return isThere ? { ...change, stageLane, ...shown(wanted, after, stageLane), wantedMoment: null } : change;
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

function shown(wanted: Moment, { lanes }: PageState, stageLane: number): Partial<PageState> {
  const lane = lanes[stageLane];
  const { step, layer, kvHead, pinnedPosition, visibleSteps, loopRange } = momentWithin(wanted, lane.trace);
  return {
    // The clock goes as far as the longest lane.
    shownStep: Math.max(step, laneStep({ ...lane, stepCount: longest(lanes) }, wanted.step)),
    focusLayer: layer,
    focusKvHead: kvHead,
    pinnedPosition,
    visibleSteps,
    loopRange,
    isFollowing: false,
    isPlaying: false,
  };
}

function longest(lanes: PageState["lanes"]): number {
  return Math.max(...lanes.map(({ stepCount }) => stepCount));
}
